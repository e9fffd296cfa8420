import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelPrefix } from "@sluice/core/bundle/index";
import { sha256 } from "@sluice/core/digest";
import { header, maskPixels } from "@sluice/core/photo/index";
import * as Registry from "@sluice/core/registry/index";
import { toyBundle } from "@sluice/serving/predictor/toy";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../cli";
import { stored } from "../session/home";
import { recordingIo } from "../testing";

let folder = "";
let home = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-predict-"));
  home = join(folder, "home");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function sluice(...words: string[]) {
  const kept = recordingIo();
  const code = await run([...words, "--home", home], (asked) => Object.assign(kept.io, asked));
  return { code, out: kept.answered.join("\n"), err: kept.complained.join("\n") };
}

/** Registers the toy, which finds what is red, and makes it the champion. */
async function crownToy(runId: string): Promise<void> {
  const world = stored(home);
  const { bundle, files } = toyBundle();
  const json = Buffer.from(JSON.stringify({ ...bundle, runId }));
  const model = await Registry.register(
    {
      runId,
      datasetVersion: "0".repeat(64),
      codeCommit: "toy",
      bundleDigest: sha256(json),
      dice: 0.9,
      iou: 0.8,
    },
    world,
  );
  await world.blobs.put(`${modelPrefix(model.number)}model.json`, json);
  await world.blobs.put(`${modelPrefix(model.number)}model.onnx`, files["model.onnx"] ?? "");
  const { champion } = await Registry.read(world);
  await Registry.promote({ number: model.number, judgedAgainst: champion, reason: "test" }, world);
}

/** Black, with a red upper half once it is upright; stored turned by 90 degrees when `orientation` is 6. */
async function photo(orientation: 1 | 6): Promise<Buffer> {
  const red = { create: { width: 60, height: 40, channels: 3, background: "#f00" } } as const;
  const upright = sharp({ create: { width: 60, height: 80, channels: 3, background: "#000" } }).composite([
    { input: await sharp(red).png().toBuffer(), left: 0, top: 0 },
  ]);
  const turned = sharp(await upright.png().toBuffer()).rotate(orientation === 6 ? 270 : 0);
  return turned.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
}

async function writePhotos(): Promise<string> {
  const dir = join(folder, "photos");
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "plain.jpg"), await photo(1));
  await writeFile(join(dir, "turned.JPG"), await photo(6));
  return dir;
}

test("a folder's photos get masks at their upright size and overlays; the second time without the world", async () => {
  await crownToy("toy-1");
  const dir = await writePhotos();
  const out = join(folder, "out");

  const first = await sluice("predict", dir, "-o", out, "--json");
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(first.out)).toMatchObject({ model: 1, failed: [] });
  for (const name of ["plain", "turned"]) {
    const { data, width, height } = await maskPixels(await readFile(join(out, "masks", `${name}.png`)), name);
    expect([width, height]).toEqual([60, 80]);
    expect([data[0], data[60 * 30 + 30], data[60 * 50 + 30], data[60 * 80 - 1]]).toEqual([255, 255, 0, 0]);
    expect(new Set(data)).toEqual(new Set([0, 255]));
    const overlay = await header(await readFile(join(out, "overlays", `${name}.jpg`)), name);
    expect(overlay).toMatchObject({ format: "jpeg", width: 60, height: 80, orientation: 1 });
  }

  await rm(join(home, "blobs"), { recursive: true });
  await rm(join(home, "documents"), { recursive: true });
  expect(await sluice("predict", join(dir, "plain.jpg"), "-o", join(folder, "again"))).toMatchObject({
    code: 0,
  });
  expect(await readdir(join(folder, "again", "masks"))).toEqual(["plain.png"]);
});

test("a photo that cannot be read is named, the others are done, and the exit code says so", async () => {
  await crownToy("toy-1");
  const dir = await writePhotos();
  await writeFile(join(dir, "broken.jpg"), "no photo");
  const out = join(folder, "out");

  const { code, out: text, err } = await sluice("predict", dir, "-o", out);
  expect(code).toBe(3);
  expect(text).toContain("Model 1 marked 2 of 3 photos");
  expect(text).toMatch(/photo\.unsupported: .*broken\.jpg is text/);
  expect(err).toBe(
    "input.unreadable: 1 of 3 photos could not be predicted; the others are done. Each is named above.",
  );
  expect((await readdir(join(out, "masks"))).sort()).toEqual(["plain.png", "turned.png"]);

  const alone = await sluice("predict", join(dir, "broken.jpg"), "-o", out);
  expect(alone.out).toMatch(/^Model 1 marked 0 of 1 photos\n/);
  expect(alone.err).toBe("input.unreadable: 1 of 1 photos could not be predicted. Each is named above.");
});

test("photos are never written over", async () => {
  await crownToy("toy-1");
  const masks = join(folder, "masks");
  await mkdir(masks, { recursive: true });
  const png = await sharp(await photo(1))
    .png()
    .toBuffer();
  await writeFile(join(masks, "a.png"), png);

  const { code, err } = await sluice("predict", masks, "-o", folder);
  expect(code).toBe(2);
  expect(err).toContain("is a photo to be predicted");
  expect((await readFile(join(masks, "a.png"))).equals(png)).toBe(true);

  await writeFile(join(masks, "a.jpg"), await photo(1));
  expect((await sluice("predict", masks, "-o", join(folder, "out"))).err).toContain(
    "a.jpg and a.png would share",
  );
});

test("without a champion, and with a changed one, nothing is predicted", async () => {
  const dir = await writePhotos();
  const out = join(folder, "out");
  expect(await sluice("predict", dir, "-o", out)).toMatchObject({ code: 5 });
  await crownToy("toy-1");
  await sluice("sync");

  const [digest = ""] = (await readdir(join(home, "cache", "champion"))).filter(
    (name) => !name.includes("."),
  );
  await writeFile(join(home, "cache", "champion", digest, "model.onnx"), "changed");
  expect(await sluice("predict", dir, "-o", out)).toMatchObject({
    code: 5,
    err: `model.corrupt: The cached model 1 in ${join(home, "cache", "champion", digest)}: model.onnx is not the file that model.json names. Remove cache/ in the home folder, then: sluice sync.`,
  });
  await expect(stat(out)).rejects.toThrow();
});

test("sync fetches a newer champion once, and keeps the old one if the newer is damaged", async () => {
  await crownToy("toy-1");
  expect((await sluice("sync")).out).toBe("Model 1 (Dice 0.9000, IoU 0.8000) is fetched");
  expect((await sluice("sync")).out).toBe("Model 1 (Dice 0.9000, IoU 0.8000) was here already");

  await crownToy("toy-2");
  await writeFile(join(home, "blobs", "models", "2", "model.onnx"), "damaged");
  expect(await sluice("sync")).toMatchObject({
    code: 5,
    err: expect.stringContaining("Model 2 is damaged: models/2/model.onnx is not the file"),
  });
  const pointer = await readFile(join(home, "cache", "champion", "champion.json"), "utf8");
  expect(JSON.parse(pointer)).toMatchObject({ number: 1 });
});
