import { Run } from "@sluice/core";
import { type Origin, originOf } from "@sluice/core/batch/origin";
import { type Report, report } from "@sluice/core/validation/report";
import type { Step } from "../step";

/** What a person mends at one sitting; the whole list is in the report. */
const SHOWN = 100;

/** Says on the forge what is wrong with the batch, file by file, and ends the run. The batch is kept. */
export const reportRejection: Step<void, "blobs" | "documents" | "clock" | "forge"> = async (
  { runId },
  world,
) => {
  const { batch } = await Run.get(runId, world);
  const { faults } = await report({ batch }, world);
  const origin = await originOf(batch, world);
  const body = describe(batch, faults, origin);
  await world.forge.comment({ key: `rejection-${runId}`, ...(origin && { ref: origin.commit }), body });
  const files = new Set(faults.map((fault) => fault.file)).size;
  await Run.end(runId, "rejected", `${faults.length} faults in ${files} files`, world);
};

function describe(batch: string, faults: Report["faults"], origin: Origin | undefined): string {
  const brought = origin?.actor ? `, brought by @${origin.actor}` : "";
  const branch = origin?.ref ? ` on \`${origin.ref}\`` : "";
  const left = faults.length > SHOWN ? [`- and ${faults.length - SHOWN} more, in the report`] : [];
  const lines = faults
    .slice(0, SHOWN)
    .map(
      ({ code, file, message, hint }) => `- \`${file.replaceAll("`", "'")}\` **${code}**: ${message} ${hint}`,
    );
  return [
    `### Batch ${batch} is rejected`,
    "",
    `It has ${faults.length} faults${brought}${branch}. The champion is untouched, and the batch is kept.`,
    "",
    ...lines,
    ...left,
    "",
  ].join("\n");
}
