// A program: a challenger that starts from the champion against one that starts from scratch, on the same test split.
import { crown, type Outcome, trainOnce, withFolder } from "./train-folder";

const USAGE = `npx tsx bench/train/warm.ts DIR [HELD BACK [SEEDS]]

Trains a champion without one in HELD BACK pairs (default 18), then on all of them from its weights and from scratch,
each with so many SEEDS (default 1).`;

const [dir, heldBack = "18", seeds = "1"] = process.argv.slice(2);
if (!dir) {
  console.error(USAGE);
  process.exit(2);
}
const row = (name: string, { report, seconds }: Outcome) =>
  console.log(
    `${name.padEnd(18)} Dice ${report.dice.toFixed(4)}  IoU ${report.iou.toFixed(4)}  under 0.8: ` +
      `${report.images.filter(({ dice }) => dice < 0.8).length} of ${report.images.length}  ${seconds.toFixed(0)} s`,
  );

await withFolder(
  dir,
  async (folder) => {
    const quiet = () => {};
    const first = await trainOnce({ ...folder, version: folder.before }, {}, "bench-champion", quiet);
    row("champion", first);
    await crown(folder, "bench-champion", 1);
    for (let seed = 1; seed <= Number(seeds); seed++) {
      const warm = await trainOnce(folder, { seed, start: "warm" }, `bench-warm-${seed}`, quiet, 1);
      row(`warm, seed ${seed}`, warm);
      const scratch = await trainOnce(folder, { seed, start: "scratch" }, `bench-scratch-${seed}`, quiet, 1);
      row(`scratch, seed ${seed}`, scratch);
      console.log(`time of warm / scratch: ${(warm.seconds / scratch.seconds).toFixed(2)}`);
    }
  },
  Number(heldBack),
);
process.exit();
