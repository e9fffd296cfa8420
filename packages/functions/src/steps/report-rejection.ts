import { Run } from "@sluice/core";
import { report } from "@sluice/core/validation/report";
import type { Step } from "../step";

/** Says on the forge what is wrong with the batch, file by file, and ends the run. The batch is kept. */
export const reportRejection: Step<void, "blobs" | "documents" | "clock" | "forge"> = async (
  { runId },
  world,
) => {
  const { batch } = await Run.get(runId, world);
  const { faults } = await report({ batch }, world);
  const lines = faults.map(
    ({ code, file, message, hint }) => `- \`${file}\` **${code}**: ${message} ${hint}`,
  );
  const body = `### Batch ${batch} is rejected\n\nThe champion is untouched.\n\n${lines.join("\n")}\n`;
  await world.forge.comment({ key: `rejection-${runId}`, body });
  const files = new Set(faults.map((fault) => fault.file)).size;
  await Run.end(runId, "rejected", `${faults.length} faults in ${files} files`, world);
};
