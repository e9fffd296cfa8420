import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Batch, Bundle, Dataset, Evaluation, readJson, Training, Validation, type World } from "@sluice/core";
import { openWorld } from "@sluice/local/world";
import { trainJob } from "@sluice/trainer/job";
import type * as z from "zod/v4";

export type RecipeInput = z.input<typeof Training.Recipe>;
/** A folder of photos and masks as a dataset version, validated and split as a run does it. */
export interface Folder {
  world: World & { cacheFolder?: string };
  version: string;
  pairs: Dataset.Pair[];
  /** The version before the pairs that were held back came. */
  before: string;
}
export interface Outcome {
  result: Training.Result;
  report: Evaluation.Report;
  /** Wall time, decoding and all epochs; the evaluation is not in it. */
  seconds: number;
  /** Peak resident memory of this process, MiB; each further replica of a network has about two thirds of it. */
  peakMiB: number;
}

/**
 * @param dir holds `images/` and `masks/`; what is made of it is removed after use
 * @param heldBack of so many pairs one comes with a second batch; 0: all come at once
 */
export async function withFolder<T>(
  dir: string,
  use: (folder: Folder) => Promise<T>,
  heldBack = 0,
): Promise<T> {
  const home = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-bench-"));
  try {
    const world = openWorld({ home });
    const source = await Batch.fromFolder(dir);
    const ids = [...new Set(source.entries.map(({ name }) => idOf(name)))].sort();
    const late = new Set(ids.filter((_, i) => heldBack > 0 && i % heldBack === 0));
    const commit = async (batch: string, isIn: (id: string) => boolean) => {
      const entries = source.entries.filter(({ name }) => isIn(idOf(name)));
      await Batch.upload({ ...source, batch, entries }, world);
      await Validation.validate({ batch, masks: "reject" }, world);
      return (await Dataset.commit({ batch, runId: "bench-0" }, world)).version;
    };
    const before = await commit("0".repeat(12), (id) => !late.has(id));
    const version = heldBack > 0 ? await commit("1".repeat(12), (id) => late.has(id)) : before;
    return await use({ world, version, before, pairs: await Dataset.pairs(version, world) });
  } finally {
    await fs.rm(home, { recursive: true, force: true });
  }
}

const idOf = (name: string) => path.parse(name).name;

/**
 * Trains once, photos not decoded yet, and scores the model on the test split as it is served.
 *
 * @param champion whose weights it may begin with: see `crown`
 */
export async function trainOnce(
  { world, version }: Pick<Folder, "world" | "version">,
  recipe: RecipeInput,
  runId: string,
  log: (line: string) => void,
  champion: number | null = null,
): Promise<Outcome> {
  const job: Training.Job = {
    runId,
    datasetVersion: version,
    recipe: Training.Recipe.parse(recipe),
    champion,
    codeCommit: world.codeCommit,
  };
  const result = await trainJob(job, { ...world, cacheFolder: undefined }, { log });
  const report = await readJson(Training.keys(runId).evaluation, Evaluation.Report, world);
  const seconds = result.seconds.loading + result.seconds.training;
  return { result, report, seconds, peakMiB: process.resourceUsage().maxRSS / 1024 };
}

/** Puts a training's bundle where the champion's lies. */
export async function crown({ world }: Pick<Folder, "world">, runId: string, number: number): Promise<void> {
  const { bundle } = Training.keys(runId);
  for (const key of await world.blobs.list(bundle)) {
    const copy = Bundle.modelPrefix(number) + key.slice(bundle.length);
    await world.blobs.put(copy, await world.blobs.get(key));
  }
}
