import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Dataset, Photo } from "@sluice/core";
import { RECIPES } from "@sluice/core/training/recipes";
import { type Folder, trainOnce, withFolder } from "./train-folder";

/** Seconds given to ours, one training each, until one reaches the Dice that is asked for. */
const BUDGETS = [60, 120, 240, 480, 900];

/**
 * The reference project's recipe in PyTorch and ours, each until it reaches a Dice or its time is up.
 *
 * The peer is scored on the validation split at its own 512 px, ours on the test split at the photos' own resolution.
 */
export async function raceToDice(input: {
  data: string;
  minutes: string;
  dice: string;
  python: string;
}): Promise<void> {
  const [target, minutes] = [Number(input.dice), Number(input.minutes)];
  await withFolder(input.data, async (folder) => {
    await raceReference(folder, target, minutes, input.python);
    for (const budgetSeconds of BUDGETS) {
      const { report, seconds } = await trainOnce(
        folder,
        { budgetSeconds },
        `bench-${budgetSeconds}`,
        () => {},
      );
      console.log(
        `ours         a training of ${seconds.toFixed(0)} s: Dice ${report.dice.toFixed(4)}, IoU ${report.iou.toFixed(4)}`,
      );
      if (report.dice >= target) return;
    }
  });
}

async function raceReference(folder: Folder, target: number, minutes: number, python: string): Promise<void> {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-bench-peer-"));
  try {
    for (const split of ["train", "validation"] as const) await writeRaw(folder, split, dir);
    const script = fileURLToPath(new URL("peer.py", import.meta.url));
    const peer = spawn(python, [script, "reference", dir, String(minutes)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const line of createInterface({ input: peer.stdout })) {
      const { epoch, seconds, dice } = JSON.parse(line) as { epoch: number; seconds: number; dice: number };
      console.log(`reference    epoch ${epoch} after ${seconds.toFixed(0)} s: Dice ${dice.toFixed(4)}`);
      if (dice >= target) peer.kill();
    }
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
}

/** Photos and masks of a split at the reference's size, one after the other, as uint8. */
async function writeRaw({ pairs, world }: Folder, split: Dataset.Split, dir: string): Promise<void> {
  const side = RECIPES.reference.size;
  const size = { width: side, height: side };
  const photos = await fs.open(path.join(dir, `${split}.photos`), "w");
  const masks = await fs.open(path.join(dir, `${split}.masks`), "w");
  for (const pair of pairs.filter((pair) => pair.split === split)) {
    await photos.write(Photo.fitted(await Photo.view(await Dataset.bytes(pair.photo, world), pair.id), size));
    await masks.write(
      Photo.fitted(await Photo.maskPixels(await Dataset.bytes(pair.mask, world), pair.id), size, 1),
    );
  }
  await photos.close();
  await masks.close();
}
