import { Run } from "@sluice/core";
import * as z from "zod";
import type { Step } from "../step";
import { judgedModel } from "./judged-model";

const Answer = z.object({ number: z.number(), url: z.string() });

/** Proposes the new champion where the code lives: its pointer, the dataset's, and the verdict to read. */
export const openPullRequest: Step<z.infer<typeof Answer>, "documents" | "clock" | "forge"> = (
  { runId },
  world,
) =>
  Run.once(runId, "openPullRequest", Answer, world, async () => {
    const run = await Run.get(runId, world);
    const model = judgedModel(run);
    const pull = await world.forge.openPullRequest({
      branch: `sluice/model-${model}`,
      title: `Model ${model}: Dice ${run.dice?.toFixed(4)}, IoU ${run.iou?.toFixed(4)}`,
      body: describe(run),
      files: {
        "models/champion.json": json({
          model,
          runId,
          dice: run.dice,
          iou: run.iou,
          dataset: run.datasetVersion,
        }),
        "dataset.json": json({ version: run.datasetVersion }),
      },
    });
    return { result: pull, facts: { pullRequest: pull.url } };
  });

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function describe(run: Run.Info): string {
  const reasons =
    run.verdict?.reasons.map((r) => `- ${r.holds ? "yes" : "no"}, ${r.rule}: ${r.message}`) ?? [];
  const against =
    run.judgedAgainst === null ? "the floors (there was no champion)" : `model ${run.judgedAgainst}`;
  return [
    `Run ${run.id} trained model ${run.model} on dataset ${run.datasetVersion?.slice(0, 12)}.`,
    `Judged against ${against}: **${run.verdict?.decision}**.`,
    "",
    ...reasons,
    "",
  ].join("\n");
}
