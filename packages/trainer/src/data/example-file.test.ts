import { CloseUp, Photo } from "@sluice/core";
import { outlineOfAll } from "@sluice/core/close-up/testing";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { picturePair } from "../testing/picture-pair";
import {
  type ExampleShape,
  exampleBytes,
  exampleKey,
  makeExample,
  surroundingsOf,
  wholeOf,
} from "./example-file";

const SHAPE: ExampleShape = {
  whole: { width: 24, height: 24 },
  closeUp: { width: 48, height: 24, along: 1.5, across: 2.5 },
};
const SIZE = { width: 240, height: 180 };
const WINDOW: CloseUp.Outline = { x: 130, y: 80, angle: 0.45, length: 80, breadth: 24 };

describe("an example that was made", () => {
  test("has its length, and holds the photo and the mask as a network is shown them", async () => {
    const { photo, mask } = await picturePair(SIZE, WINDOW);
    const bytes = await makeExample(photo, mask, SHAPE, "a");
    expect(bytes).toHaveLength(exampleBytes(SHAPE));

    const whole = wholeOf(bytes, SHAPE);
    expect([whole.width, whole.height]).toEqual([24, 24]);
    const shown = Photo.fitted(await Photo.view(photo, "a"), SHAPE.whole);
    expect(whole.photo).toEqual(shown);
    const share = whole.mask.reduce((sum, value) => sum + value / 255, 0) / (24 * 24);
    expect(share).toBeCloseTo((80 * 24) / (240 * 180), 2);
  });

  test("holds the window's surroundings, level, larger than a close-up, with their place", async () => {
    const { photo, mask } = await picturePair(SIZE, WINDOW);
    const around = surroundingsOf(await makeExample(photo, mask, SHAPE, "a"), SHAPE);
    if (!around) throw new Error("there are no surroundings");

    for (const part of ["x", "y", "length", "breadth"] as const) {
      expect(Math.abs(around.outline[part] - WINDOW[part])).toBeLessThan(1);
    }
    expect(around.outline.angle).toBeCloseTo(0.45, 1);
    expect(around.width).toBeGreaterThan(48);
    expect(around.height).toBeGreaterThan(24);
    expect(around.photo).toHaveLength(3 * around.width * around.height);
    expect(around.mask).toHaveLength(around.width * around.height);

    const level = outlineOfAll(Float32Array.from(around.mask), around);
    expect(level?.x).toBeCloseTo(around.width / 2, 0);
    expect(level?.y).toBeCloseTo(around.height / 2, 0);
    expect(Math.abs(level?.angle ?? 9)).toBeLessThan(0.05);
    const [a, b, c, d, e, f] = around.fromPicture;
    const [x, y] = [around.outline.x - 0.5, around.outline.y - 0.5];
    expect(a * x + b * y + c).toBeCloseTo((around.width - 1) / 2, 6);
    expect(d * x + e * y + f).toBeCloseTo((around.height - 1) / 2, 6);
  });

  test("shows in its surroundings what a close-up of the photo itself shows", async () => {
    const { photo, mask } = await picturePair(SIZE, WINDOW);
    const around = surroundingsOf(await makeExample(photo, mask, SHAPE, "a"), SHAPE);
    if (!around || !SHAPE.closeUp) throw new Error("there are no surroundings");
    const map = CloseUp.closeUp(around.outline, SHAPE.closeUp, SHAPE.closeUp);
    const direct = CloseUp.sample({ ...(await Photo.view(photo, "a")), channels: 3 }, map, SHAPE.closeUp);
    const through = CloseUp.compose(around.fromPicture, map);
    const stored = CloseUp.sample({ ...around, data: around.photo, channels: 3 }, through, SHAPE.closeUp);
    const apart = direct.reduce((sum, value, i) => sum + Math.abs(value - stored[i]), 0) / direct.length;
    expect(apart).toBeLessThan(6); // of 255: twice interpolated, edges are a little softer
  });

  test("whose mask is empty has no surroundings", async () => {
    const { photo, mask } = await picturePair(SIZE, null);
    const bytes = await makeExample(photo, mask, SHAPE, "a");
    expect(bytes).toHaveLength(exampleBytes(SHAPE));
    expect(surroundingsOf(bytes, SHAPE)).toBeNull();
    expect(wholeOf(bytes, SHAPE).mask.every((value) => value === 0)).toBe(true);
  });

  test("for a model of one network holds the whole picture alone", async () => {
    const { photo, mask } = await picturePair(SIZE, WINDOW);
    const alone = { ...SHAPE, closeUp: null };
    const bytes = await makeExample(photo, mask, alone, "a");
    expect(bytes).toHaveLength(4 * 24 * 24);
    expect(surroundingsOf(bytes, alone)).toBeNull();
  });
});

test("a photo over 1,280 px and its mask are one picture still", async () => {
  const size = { width: 1600, height: 200 };
  const { photo, mask } = await picturePair(size, { x: 1200, y: 100, angle: 0, length: 200, breadth: 50 });
  const around = surroundingsOf(await makeExample(photo, mask, SHAPE, "a"), SHAPE);
  // In px of the view, which is 1280 x 160.
  expect(around?.outline.x).toBeCloseTo(960, 0);
  expect(around?.outline.length).toBeCloseTo(160, 0);
  expect(around?.outline.breadth).toBeCloseTo(40, 0);
});

test("photo and mask are turned upright, each by its own orientation", async () => {
  const { photo, mask } = await picturePair(SIZE, WINDOW);
  const lying = await sharp(photo).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
  const upright = await makeExample(photo, mask, SHAPE, "a");
  const turned = await makeExample(lying, mask, SHAPE, "a");
  expect(Buffer.from(turned)).toEqual(Buffer.from(upright));
});

test("a damaged photo and a damaged mask are named", async () => {
  const { photo, mask } = await picturePair(SIZE, WINDOW);
  const refused = { code: "photo.unreadable", message: expect.stringContaining("meter_7") };
  await expect(makeExample(photo.subarray(0, 200), mask, SHAPE, "meter_7")).rejects.toMatchObject(refused);
  await expect(makeExample(photo, mask.subarray(0, 100), SHAPE, "meter_7")).rejects.toMatchObject(refused);
});

test("the name of an example is of all that it is made of", () => {
  const of = (photo: string, mask: string, shape: ExampleShape) => exampleKey(photo, mask, shape);
  const key = of("a", "b", SHAPE);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(of("a", "b", structuredClone(SHAPE))).toBe(key);
  const { closeUp } = SHAPE;
  const others: ExampleShape[] = [
    { ...SHAPE, whole: { width: 32, height: 32 } },
    { ...SHAPE, closeUp: null },
    { ...SHAPE, closeUp: closeUp && { ...closeUp, width: 64 } },
    { ...SHAPE, closeUp: closeUp && { ...closeUp, across: 2 } },
  ];
  const keys = [key, of("b", "a", SHAPE), of("a", "c", SHAPE), ...others.map((shape) => of("a", "b", shape))];
  expect(new Set(keys).size).toBe(keys.length);
});
