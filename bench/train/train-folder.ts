import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Batch, Dataset, Evaluation, readJson, Training, Validation, type World } from "@sluice/core";
import { openWorld } from "@sluice/local/world";
import { trainJob } from "@sluice/trainer/job";
import type * as z from "zod/v4";

export type RecipeInput = z.input<typeof Training.Recipe>;
/** A folder of photos and masks as a dataset version, validated and split as a run does it. */
export interface Folder {
  world: World & { cacheFolder?: string };
  version: string;
  pairs: Dataset.Pair[];
}
export interface Outcome {
  result: Training.Result;
  report: Evaluation.Report;
  /** Wall time, decoding and all epochs; the evaluation is not in it. */
  seconds: number;
  /** Peak resident memory of this process, MiB. */
  peakMiB: number;
}

/** @param dir holds `images/` and `masks/`; what is made of it is removed after use */
export async function withFolder<T>(dir: string, use: (folder: Folder) => Promise<T>): Promise<T> {
  const home = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-bench-"));
  try {
    const world = openWorld({ home });
    const { batch } = await Batch.upload(await Batch.fromFolder(dir), world);
    await Validation.validate({ batch, masks: "reject" }, world);
    const { version } = await Dataset.commit({ batch, runId: "bench-0" }, world);
    return await use({ world, version, pairs: await Dataset.pairs(version, world) });
  } finally {
    await fs.rm(home, { recursive: true, force: true });
  }
}

/** Trains once from scratch, photos not decoded yet, and scores the model on the test split as it is served. */
export async function trainOnce(
  { world, version }: Folder,
  recipe: RecipeInput,
  runId: string,
  log: (line: string) => void,
): Promise<Outcome> {
  const job: Training.Job = {
    runId,
    datasetVersion: version,
    recipe: Training.Recipe.parse(recipe),
    champion: null,
    codeCommit: world.codeCommit,
  };
  const result = await trainJob(job, { ...world, cacheFolder: undefined }, { log });
  const report = await readJson(Training.keys(runId).evaluation, Evaluation.Report, world);
  const seconds = result.seconds.loading + result.seconds.training;
  return { result, report, seconds, peakMiB: process.resourceUsage().maxRSS / 1024 };
}
