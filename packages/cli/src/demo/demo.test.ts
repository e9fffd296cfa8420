import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Run from "@sluice/core/run/index";
import { writeSamples } from "@sluice/samples";
import { afterEach, beforeEach, expect, test } from "vitest";
import { folderBatches, shuffled } from "./data";
import { freshHome } from "./home";
import { disappointment } from "./story";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-demo-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a folder's pairs are pushed 90 % first and 10 % second, a few spoilt third, and the folder stays", async () => {
  const from = join(folder, "photos");
  await writeSamples(from, { count: 20, seed: 1, size: { width: 60, height: 80 } });
  await writeFile(join(from, "images", "alone.jpg"), "no mask");
  const batches = await folderBatches(from, join(folder, "batches"));

  expect(batches.counts).toEqual({ first: 18, second: 2 });
  const [first, second] = [
    await readdir(join(batches.first, "images")),
    await readdir(join(batches.second, "images")),
  ];
  expect([first.length, second.length]).toEqual([18, 2]);
  expect(new Set([...first, ...second]).size).toBe(20);
  expect(await readdir(join(batches.first, "masks"))).toHaveLength(18);
  expect(batches.damages).toHaveLength(8);
  expect(await readdir(join(from, "images"))).toHaveLength(21);
});

test("a shuffle keeps everything, and is the same for the same seed", () => {
  const items = ["a", "b", "c", "d", "e", "f"];
  expect([...shuffled(items, 1)].sort()).toEqual(items);
  expect(shuffled(items, 1)).toEqual(shuffled(items, 1));
  expect(shuffled(items, 1)).not.toEqual(shuffled(items, 2));
});

test("too few pairs are refused", async () => {
  await writeSamples(join(folder, "few"), { count: 2, seed: 1, size: { width: 60, height: 80 } });
  await expect(folderBatches(join(folder, "few"), join(folder, "out"))).rejects.toMatchObject({
    code: "batch.incomplete",
  });
});

test("a second demo starts clean, but nothing that no demo has made is removed", async () => {
  const home = await freshHome(folder);
  expect(home).toBe(join(folder, "demo"));
  await writeFile(join(home, "left.txt"), "from the first");
  await freshHome(folder);
  await expect(stat(join(home, "left.txt"))).rejects.toThrow();

  const other = join(folder, "other");
  await mkdir(join(other, "demo"), { recursive: true });
  await writeFile(join(other, "demo", "mine.txt"), "mine");
  const data = join(home, "demo-data", "first");
  await expect(freshHome(folder, data)).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(freshHome(other)).rejects.toMatchObject({ code: "world.conflict" });
  expect(await readFile(join(other, "demo", "mine.txt"), "utf8")).toBe("mine");
});

test("a demo disappoints unless it promotes, judges, rejects, and keeps its champion", () => {
  const runs = (...outcomes: Run.Outcome[]) =>
    outcomes.map((outcome) => ({ outcome, summary: "why" }) as Run.Info);
  const good = runs("promoted", "kept", "rejected");
  expect(disappointment(good, { champion: 1 }, 1)).toBeUndefined();
  expect(disappointment(runs("promoted", "promoted", "rejected"), { champion: 2 }, 2)).toBeUndefined();
  expect(disappointment(runs("kept", "kept", "rejected"), { champion: null }, null)?.code).toBe("run.failed");
  expect(disappointment(runs("promoted", "failed", "rejected"), { champion: 1 }, 1)?.message).toContain(
    "why",
  );
  expect(disappointment(runs("promoted", "kept", "kept"), { champion: 1 }, 1)?.message).toContain("rejected");
  expect(disappointment(good, { champion: 2 }, 1)?.message).toContain("changed the champion");
});
