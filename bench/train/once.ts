// A program: one training on a folder, for ablations. Its last line is a row of docs/benchmarks.md.
import { writeFileSync } from "node:fs";
import { trainOnce, withFolder } from "./train-folder";

const [dir, recipe = "{}", scores] = process.argv.slice(2);
if (!dir) {
  console.error(`npx tsx bench/train/once.ts DIR ['{"size": 160}' [SCORES.json]]`);
  process.exit(2);
}
const { report, result, seconds, peakMiB } = await withFolder(dir, (folder) =>
  trainOnce(folder, JSON.parse(recipe), "bench-1", console.log),
);
const bad = report.images.filter(({ dice }) => dice < 0.8).length;
const epochs = result.networks.map((network) => network.epochs.length).join("+");
console.log(
  `${recipe}  Dice ${report.dice.toFixed(4)}  IoU ${report.iou.toFixed(4)}  under 0.8: ${bad} of ${report.images.length}  ` +
    `${seconds.toFixed(0)} s (${result.seconds.loading.toFixed(0)} s of it decoding)  epochs ${epochs}  peak ${peakMiB.toFixed(0)} MiB`,
);
const kept = report.images.map(({ id, dice, iou }) => ({ id, dice, iou }));
if (scores) writeFileSync(scores, `${JSON.stringify(kept)}\n`);
process.exit();
