import type { Training } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { createCanvas } from "./canvas";
import { renderComparison, writeCurves } from "./index";
import { letterPixels } from "./lettering";
import { drawOutline } from "./outlines";
import { partAround } from "./part";

const epoch = (n: number, loss: number, validationDice: number): Training.EpochRecord => ({
  epoch: n,
  loss,
  validationDice,
  learningRate: 0.001,
  seconds: 1,
});
const curves = async (epochs: Training.EpochRecord[]) => {
  const { blobs } = memoryWorld();
  await writeCurves(epochs, "jobs/a/curves.png", { blobs });
  return sharp(await blobs.get("jobs/a/curves.png"));
};
/** How many pixels are close to a colour. */
async function count(picture: Sharp, [r, g, b]: readonly number[], tolerance = 12) {
  const data = await picture.toColourspace("srgb").removeAlpha().raw().toBuffer();
  let found = 0;
  for (let i = 0; i < data.length; i += 3)
    if (Math.hypot(data[i] - r, data[i + 1] - g, data[i + 2] - b) <= tolerance) found++;
  return found;
}

test("the curves are a PNG with a line for loss and one for Dice", async () => {
  const picture = await curves([epoch(1, 0.9, 0.1), epoch(2, 0.4, 0.6), epoch(3, 0.2, 0.8)]);
  expect(await picture.clone().metadata()).toMatchObject({ format: "png", width: 800, height: 420 });
  // Both lines run over 670 px; their edges are blends.
  expect(await count(picture.clone(), [222, 110, 30])).toBeGreaterThan(670);
  expect(await count(picture.clone(), [30, 100, 200])).toBeGreaterThan(670);
});

test.each([
  ["no epoch", []],
  ["one epoch", [epoch(1, 0.5, 0.5)]],
  ["a loss that is no number", [epoch(1, Number.NaN, 0.5), epoch(2, 0.1, 0.7)]],
])("curves of %s are drawn, too", async (_, epochs) => {
  expect(await (await curves(epochs)).metadata()).toMatchObject({ format: "png", width: 800 });
});

test("letters are drawn without a font", () => {
  expect(letterPixels("L1")).toEqual([
    { x: 0, y: 0 },
    { x: 0, y: 1 },
    { x: 0, y: 2 },
    { x: 0, y: 3 },
    { x: 0, y: 4 },
    { x: 1, y: 4 },
    { x: 2, y: 4 },
    { x: 5, y: 0 },
    { x: 4, y: 1 },
    { x: 5, y: 1 },
    { x: 5, y: 2 },
    { x: 5, y: 3 },
    { x: 4, y: 4 },
    { x: 5, y: 4 },
    { x: 6, y: 4 },
  ]);
});

test("what is drawn outside a canvas is left out", () => {
  const canvas = createCanvas(2, 2);
  canvas.fill({ x: -5, y: 1 }, 6, 9, [1, 2, 3]);
  expect([...canvas.data]).toEqual([255, 255, 255, 255, 255, 255, 1, 2, 3, 255, 255, 255]);
});

test("a comparison shows the upright photo, and its window enlarged with both outlines, above a caption", async () => {
  const photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: "#888" } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const rectangle = (left: number) =>
    Uint8Array.from({ length: 40 * 60 }, (_, i) => {
      const [x, y] = [i % 40, Math.floor(i / 40)];
      return x >= left && x < left + 10 && y >= 10 && y < 50 ? 1 : 0;
    });
  const masks = { truth: rectangle(4), predicted: rectangle(24) };
  const jpeg = await renderComparison(photo, { ...masks, caption: "a  Dice 0.50", name: "a.jpg" });
  // The photo fills 280 of the 420 px that it may, then come a gap of 12, 560 for the window, and 66 of caption.
  expect(await sharp(jpeg).metadata()).toMatchObject({ format: "jpeg", width: 852, height: 486 });
  const close = sharp(jpeg).extract({ left: 292, top: 0, width: 560, height: 420 });
  // Here 40 px of photo are 560: an outline is 2 px thick, its sides more than 300 px long.
  expect(await count(close.clone(), [70, 185, 255], 60)).toBeGreaterThan(900);
  expect(await count(close.clone(), [255, 150, 0], 60)).toBeGreaterThan(900);
});

test("the part around two masks has their proportions of the panel, and stays inside of the photo", () => {
  const photo = { width: 100, height: 80 };
  const speck = (x: number, y: number) =>
    Uint8Array.from({ length: 8000 }, (_, i) => Number(i === y * 100 + x));
  const part = (a: Uint8Array, b: Uint8Array) => partAround([a, b], photo, { width: 40, height: 30 });
  expect(part(speck(50, 40), speck(50, 40))).toEqual({ left: 31, top: 26, width: 40, height: 30 });
  expect(part(speck(0, 0), speck(2, 2))).toEqual({ left: 0, top: 0, width: 40, height: 30 });
  // 60 px across with room are 84; 63 rows are as many as that wants.
  expect(part(speck(40, 79), speck(99, 79))).toEqual({ left: 16, top: 17, width: 84, height: 63 });
  expect(part(new Uint8Array(8000), new Uint8Array(8000))).toEqual({ left: 0, top: 0, ...photo });
});

test("an outline lies on its own side of the edge, with a dark line beyond it", () => {
  const mask = Uint8Array.from({ length: 49 }, (_, i) => Number(i % 7 === 3 && Math.floor(i / 7) === 3));
  const drawn = (side: "inside" | "outside") => {
    const data = new Uint8Array(3 * 49).fill(9);
    drawOutline({ data, width: 7, height: 7 }, mask, { colour: [200, 100, 50], stroke: 1, side });
    return Array.from({ length: 7 }, (_, x) => data[3 * (21 + x)]);
  };
  expect(drawn("inside")).toEqual([9, 9, 9, 200, 9, 9, 9]);
  expect(drawn("outside")).toEqual([9, 0, 200, 9, 200, 0, 9]);
});
