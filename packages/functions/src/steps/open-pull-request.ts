import { Run } from "@sluice/core";
import * as Evaluation from "@sluice/core/evaluation/report";
import { readJson } from "@sluice/core/json-blob";
import type { Blobs } from "@sluice/core/ports";
import * as Training from "@sluice/core/training/index";
import * as z from "zod";
import type { Step } from "../step";
import { judgedModel } from "./judged-model";
import { describe } from "./proposal";

const Answer = z.object({ number: z.number(), url: z.string() });
/** A repository keeps every picture for ever. */
const MAX_PICTURE_BYTES = 2 ** 20;

/** Proposes the new champion where the code lives: its pointer, the dataset's, and what there is to read and see. */
export const openPullRequest: Step<z.infer<typeof Answer>, "blobs" | "documents" | "clock" | "forge"> = (
  { runId },
  world,
) =>
  Run.once(runId, "openPullRequest", Answer, world, async () => {
    const run = await Run.get(runId, world);
    const model = judgedModel(run);
    const keys = Training.keys(runId);
    const challenger = await evaluation(keys.evaluation, world);
    const champion =
      run.judgedAgainst === null ? undefined : await evaluation(keys.championEvaluation, world);
    const folder = `models/${model}/`;
    const pictures = await picturesOf(runId, folder, world);
    const card = (await world.blobs.has(keys.card)) ? `${folder}card.md` : null;
    const pull = await world.forge.openPullRequest({
      branch: `sluice/model-${model}`,
      title: `Model ${model}: Dice ${run.dice?.toFixed(4)}, IoU ${run.iou?.toFixed(4)}`,
      body: describe({ run, model, challenger, champion, card, pictures: Object.keys(pictures) }),
      files: {
        "models/champion.json": json({
          model,
          runId,
          dice: run.dice,
          iou: run.iou,
          dataset: run.datasetVersion,
        }),
        "dataset.json": json({ version: run.datasetVersion }),
        ...pictures,
        ...(card ? { [card]: await world.blobs.get(keys.card) } : {}),
      },
    });
    return { result: pull, facts: { pullRequest: pull.url } };
  });

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The verdict is made: an evaluation that is gone since leaves a gap in the table, no more. */
const evaluation = (key: string, { blobs }: { blobs: Blobs }) =>
  readJson(key, Evaluation.Report, { blobs }).catch(() => undefined);

/** The training's curves, its two worst answers and its best, by their path in the branch. */
async function picturesOf(
  runId: string,
  folder: string,
  { blobs }: { blobs: Blobs },
): Promise<Record<string, Uint8Array>> {
  const { curves, overlays } = Training.keys(runId);
  const shown = (await blobs.list(overlays)).filter((key) => /\/(worst-[12]|best-1)-[^/]*$/.test(key));
  const pictures: Record<string, Uint8Array> = {};
  for (const key of [...((await blobs.has(curves)) ? [curves] : []), ...shown]) {
    const picture = await blobs.get(key);
    if (picture.length <= MAX_PICTURE_BYTES) pictures[folder + key.split("/").at(-1)] = picture;
  }
  return pictures;
}
