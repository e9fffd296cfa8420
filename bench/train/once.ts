// A program: one training on a folder, for ablations. Its last line is a row of docs/benchmarks.md.
import fs from "node:fs/promises";
import path from "node:path";
import { Training } from "@sluice/core";
import { type Folder, trainOnce, withFolder } from "./train-folder";

const RUN = "bench-1";
const [dir, recipe = "{}", out] = process.argv.slice(2);
if (!dir) {
  console.error(`npx tsx bench/train/once.ts DIR ['{"size": 160}' [FOLDER FOR BUNDLE AND REPORTS]]`);
  process.exit(2);
}
const { report, result, seconds, peakMiB } = await withFolder(dir, async (folder) => {
  const outcome = await trainOnce(folder, JSON.parse(recipe), RUN, console.log);
  if (out) await keep(folder, out);
  return outcome;
});
const bad = report.images.filter(({ dice }) => dice < 0.8).length;
const weights = result.networks.map(({ weightsDigest }) => weightsDigest.slice(0, 12)).join("+");
const epochs = result.networks.map((network) => network.epochs.length).join("+");
console.log(
  `${recipe}  Dice ${report.dice.toFixed(4)}  IoU ${report.iou.toFixed(4)}  under 0.8: ${bad} of ${report.images.length}  ` +
    `${seconds.toFixed(0)} s (${result.seconds.loading.toFixed(0)} s of it decoding; evaluation ` +
    `${result.seconds.evaluating.toFixed(0)} s more)  epochs ${epochs}  weights ${weights}  peak ${peakMiB.toFixed(0)} MiB`,
);
process.exit();

/** Copies all that the training left, but its checkpoints. */
async function keep({ world }: Folder, folder: string): Promise<void> {
  const { prefix, checkpoint } = Training.keys(RUN);
  for (const key of await world.blobs.list(prefix)) {
    if (key.startsWith(checkpoint)) continue;
    const file = path.join(folder, key.slice(prefix.length));
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, await world.blobs.get(key));
  }
}
