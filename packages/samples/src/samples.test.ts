import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { header, maskPixels, upright } from "@sluice/core/photo/index";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { damagedCopy, drawSamples, type Sample, writeSamples } from "./index";
import { type Scene, windowMask } from "./scene";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-samples-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function draw(order: Parameters<typeof drawSamples>[0]): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const sample of drawSamples(order)) samples.push(sample);
  return samples;
}

const SMALL = { size: { width: 150, height: 200 } };

test("the same seed draws the same pixels, and a second order goes on where the first ended", async () => {
  const together = await draw({ count: 3, seed: 7, ...SMALL });
  const again = await draw({ count: 3, seed: 7, ...SMALL });
  const later = await draw({ count: 1, seed: 7, first: 2, ...SMALL });
  const other = await draw({ count: 1, seed: 8, ...SMALL });

  expect(together.map((s) => s.id)).toEqual(["meter_0001", "meter_0002", "meter_0003"]);
  for (const [i, { photo, mask }] of together.entries()) {
    const [first, second] = [await upright(photo, "first"), await upright(again[i].photo, "second")];
    expect(first.data.equals(second.data)).toBe(true);
    expect(mask.equals(again[i].mask)).toBe(true);
  }
  expect(later[0].photo.equals(together[2].photo)).toBe(true);
  expect(other[0].photo.equals(together[0].photo)).toBe(false);
});

test("masks are 0/255 at the upright photo's size and mark 1 to 8 % of it; about a quarter is turned", async () => {
  const samples = await draw({ count: 24, seed: 3 });
  const orientations = new Map<number, number>();
  for (const { id, photo, mask } of samples) {
    const { width, height, orientation } = await header(photo, id);
    const pixels = await maskPixels(mask, id);
    expect([pixels.width, pixels.height]).toEqual([width, height]);
    const window = pixels.data.reduce((sum, value) => sum + (value === 255 ? 1 : 0), 0);
    const rest = pixels.data.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);
    expect(window + rest).toBe(width * height);
    expect(window / pixels.data.length).toBeGreaterThan(0.01);
    expect(window / pixels.data.length).toBeLessThan(0.08);
    orientations.set(orientation, (orientations.get(orientation) ?? 0) + 1);
  }
  const turned = 24 - (orientations.get(1) ?? 0);
  expect(turned).toBeGreaterThanOrEqual(3);
  expect(turned).toBeLessThanOrEqual(12);
});

test.each([3, 6, 8] as const)(
  "stored with EXIF orientation %i, a photo shows the same upright",
  async (orientation) => {
    const [plain] = await draw({ count: 1, seed: 3, orientation: 1, ...SMALL });
    const [turned] = await draw({ count: 1, seed: 3, orientation, ...SMALL });

    const stored = await sharp(turned.photo).metadata();
    expect([stored.width, stored.height, stored.orientation]).toEqual(
      orientation === 3 ? [150, 200, 3] : [200, 150, orientation],
    );
    const [a, b] = [await upright(plain.photo, "plain"), await upright(turned.photo, "turned")];
    const apart = a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]), 0) / a.data.length;
    expect(apart).toBeLessThan(6); // JPEG's loss; pictures that are not the same differ by 40 and more
  },
);

test("a pixel belongs to the window when its centre does", () => {
  const scene: Scene = {
    width: 6,
    height: 4,
    casing: "round",
    dial: "lcd",
    background: "soil",
    window: { x: 0, y: 0, width: 3, height: 2 },
    affine: [1, 0, 0, 1, 2.5, 2],
  };
  expect([...windowMask(scene)].map((v) => v / 255)).toEqual([
    0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
  ]);
});

test("a damaged copy spoils each pair in its own way and leaves the source alone", async () => {
  const source = join(folder, "good");
  await writeSamples(source, { count: 9, seed: 1, size: { width: 120, height: 160 } });
  const before = await readFile(join(source, "images", "meter_0001.jpg"));
  const damages = await damagedCopy(source, join(folder, "broken"));
  expect(damages).toEqual([
    { file: "images/meter_0001.jpg", what: "truncated photo" },
    { file: "images/meter_0002.jpg", what: "photo without a mask" },
    { file: "masks/meter_0003.png", what: "mask in shades of grey" },
    { file: "masks/meter_0004.png", what: "mask of half the size" },
    { file: "images/meter_0005.jpg", what: "text under a photo's name" },
    { file: "masks/meter_0006.png", what: "empty mask" },
    { file: "masks/meter_0007.png", what: "mask over the whole picture" },
    { file: "masks/meter_0008.png", what: "mask without a photo" },
  ]);
  expect((await readdir(join(folder, "broken", "images"))).length).toBe(7);
  expect((await readdir(join(folder, "broken", "masks"))).length).toBe(7);
  const after = await readFile(join(source, "images", "meter_0001.jpg"));
  expect(after.equals(before)).toBe(true);
  const grey = await maskPixels(await readFile(join(folder, "broken/masks/meter_0003.png")), "grey");
  expect(new Set(grey.data).size).toBeGreaterThan(20);
  const cut = await readFile(join(folder, "broken/images/meter_0001.jpg"));
  await expect(upright(cut, "cut.jpg")).rejects.toMatchObject({ code: "photo.unreadable" });
});
