import { type Bundle, type CloseUp, Photo, type Size, sha256 } from "@sluice/core";
import { drawnOblong } from "@sluice/core/close-up/testing";
import sharp, { type Sharp } from "sharp";
import { describe, expect, test } from "vitest";
import { maskOf, type Segmentation } from "./canvas";
import { look, type Network } from "./look";

const file = { file: "a.onnx", sha256: "0".repeat(64), bytes: 1 };
const LOCATOR = { ...file, role: "locator", width: 64, height: 64 } as const;
const REFINER = {
  ...file,
  role: "refiner",
  width: 96,
  height: 48,
  closeUp: { along: 1.5, across: 2.5 },
} as const;
const BOTH: Pick<Bundle.Bundle, "stages" | "threshold"> = { stages: [LOCATOR, REFINER], threshold: 0.5 };

/** A bright bar on dark ground: the photo's pixels, and the share of each that is bar. */
interface Drawn {
  bar: Float32Array;
  photo: Sharp;
}
function drawn(size: Size, ...bars: CloseUp.Outline[]): Drawn {
  const [bar, ...others] = bars.map((outline) => drawnOblong(outline, size));
  const shares = others.reduce((sum, other) => sum.map((share, i) => Math.max(share, other[i])), bar);
  const data = new Uint8Array(3 * shares.length);
  for (let i = 0; i < data.length; i++) data[i] = 30 + 200 * shares[Math.floor(i / 3)];
  return { bar, photo: sharp(data, { raw: { ...size, channels: 3 } }) };
}
const viewOf = async ({ photo }: Drawn) => Photo.view(await photo.png().toBuffer(), "bar.png");

/** Calls foreground what is bright: by each pixel's green. */
const bright =
  (sure = 0.999): Network =>
  async (pictures) =>
    Float32Array.from({ length: pictures.length / 3 }, (_, i) => (pictures[3 * i + 1] > 127 ? sure : 0.001));
/** The same answers, whatever it sees. @param answer by picture (0 as it is, 1 mirrored) and column */
const always =
  ({ width, height }: Size, answer: (picture: number, column: number) => number): Network =>
  async (pictures) =>
    Float32Array.from({ length: pictures.length / 3 }, (_, i) =>
      answer(Math.floor(i / (width * height)), i % width),
    );
const unasked: Network = () => expect.unreachable("nobody is to be asked");

/** Dice with the drawn bar. */
function overlap(found: Segmentation, { bar }: Drawn): number {
  const mask = maskOf(found);
  const truth = bar.map((share) => Number(share >= 0.5));
  const both = mask.reduce((sum, value, i) => sum + value * truth[i], 0);
  return (2 * both) / (mask.reduce((sum, v) => sum + v, 0) + truth.reduce((sum, v) => sum + v, 0));
}

describe("a turned bar is found at the photo's own size", () => {
  const BAR = { x: 190, y: 120, angle: 0.5, length: 120, breadth: 36 };
  const networks = [bright(), bright()] as [Network, Network];

  test.each([-1.2, -0.4, 0, 0.5, 1.5])("at %f radians", async (angle) => {
    const photo = drawn({ width: 400, height: 260 }, { ...BAR, angle });
    const answer = await look(await viewOf(photo), BOTH, networks);
    expect([answer.width, answer.height]).toEqual([400, 260]);
    expect(overlap(answer, photo)).toBeGreaterThan(0.96);
    expect(answer.confidence).toBeGreaterThan(0.85);
  });

  test("more closely than the locator alone finds it", async () => {
    const photo = drawn({ width: 400, height: 260 }, BAR);
    const alone = await look(
      await viewOf(photo),
      { stages: [{ ...LOCATOR, role: "segmenter" }], threshold: 0.5 },
      [networks[0]],
    );
    expect(overlap(alone, photo)).toBeGreaterThan(0.8);
    const closely = await look(await viewOf(photo), BOTH, networks);
    expect(overlap(closely, photo)).toBeGreaterThan(overlap(alone, photo));
  });

  test("in a photo over 1,280 px", async () => {
    const photo = drawn(
      { width: 1500, height: 1050 },
      { x: 900, y: 400, angle: -0.6, length: 400, breadth: 120 },
    );
    const view = await viewOf(photo);
    expect([view.width, view.height]).toEqual([1280, 896]);
    const answer = await look(view, BOTH, networks);
    expect([answer.width, answer.height]).toEqual([1500, 1050]);
    expect(overlap(answer, photo)).toBeGreaterThan(0.96);
  });

  test("in a photo that a phone stored lying down", async () => {
    const photo = drawn(
      { width: 260, height: 400 },
      { x: 120, y: 250, angle: 1.2, length: 120, breadth: 36 },
    );
    const lying = sharp(await photo.photo.png().toBuffer()).rotate(270);
    const stored = await lying.withMetadata({ orientation: 6 }).jpeg({ quality: 98 }).toBuffer();
    const answer = await look(await Photo.view(stored, "phone.jpg"), BOTH, networks);
    expect([answer.width, answer.height]).toEqual([260, 400]);
    expect(overlap(answer, photo)).toBeGreaterThan(0.96);
  });

  test("at the photo's edge", async () => {
    const photo = drawn(
      { width: 400, height: 260 },
      { x: 380, y: 60, angle: -0.7, length: 120, breadth: 36 },
    );
    expect(overlap(await look(await viewOf(photo), BOTH, networks), photo)).toBeGreaterThan(0.94);
  });

  test("the larger of two", async () => {
    const other = { x: 60, y: 220, angle: 0.2, length: 60, breadth: 20 };
    const photo = drawn({ width: 400, height: 260 }, BAR, other);
    expect(overlap(await look(await viewOf(photo), BOTH, networks), photo)).toBeGreaterThan(0.96);
  });
});

describe("the locator", () => {
  const photo = drawn({ width: 400, height: 260 }, { x: 190, y: 120, angle: 0.5, length: 120, breadth: 36 });

  test("that finds nothing leaves an empty mask, and no close-up is looked at", async () => {
    const answer = await look(await viewOf(photo), BOTH, [bright(0.001), unasked]);
    expect(answer).toMatchObject({ width: 400, height: 260, areaPx: 0, box: null, confidence: 0 });
    expect(maskOf(answer)).toEqual(new Uint8Array(400 * 260));
  });

  test("that is half sure is believed enough for a closer look", async () => {
    const view = await viewOf(photo);
    const halfSure = await look(view, BOTH, [bright(0.3), bright()]);
    expect(overlap(halfSure, photo)).toBeGreaterThan(0.96);
    const unsure = await look(view, BOTH, [bright(0.2), unasked]);
    expect(unsure.areaPx).toBe(0);
  });

  test.each([
    ["clear", 0.999, [1]],
    ["not clear", 0.6, [1, 1, 2]],
  ])("whose answer is %s is shown no view twice", async (_, sure, pictures) => {
    const shown: string[][] = [];
    const area = 3 * 64 * 64;
    const listening: Network = (pictures) => {
      const views = Array.from({ length: pictures.length / area }, (_, i) =>
        pictures.subarray(i * area, (i + 1) * area),
      );
      shown.push(views.map(sha256));
      return bright(sure)(pictures);
    };
    const answer = await look(await viewOf(photo), BOTH, [listening, bright()]);
    expect(shown.map((views) => views.length)).toEqual(pictures);
    expect(new Set(shown.flat()).size).toBe(shown.flat().length);
    expect(overlap(answer, photo)).toBeGreaterThan(0.96);
  });

  test("that is displaced is corrected by the closer look", async () => {
    const displaced: Network = async (pictures) => {
      const there = await bright()(pictures);
      return there.map((_, i) => there[i + 4 - 2 * 64] ?? 0.001); // 25 px to the left, 8 px down
    };
    const answer = await look(await viewOf(photo), BOTH, [displaced, bright()]);
    expect(overlap(answer, photo)).toBeGreaterThan(0.9);
  });
});

describe("the refiner", () => {
  const photo = drawn({ width: 400, height: 260 }, { x: 190, y: 120, angle: 0.5, length: 120, breadth: 36 });

  test("that finds nothing has the last word", async () => {
    const answer = await look(await viewOf(photo), BOTH, [bright(), always(REFINER, () => 0.1)]);
    expect(answer).toMatchObject({ areaPx: 0, box: null, confidence: 0 });
  });

  test("is shown each close-up and its mirror image", async () => {
    const asked: Uint8Array[] = [];
    const listening: Network = (pictures) => {
      asked.push(pictures.slice());
      return bright()(pictures);
    };
    await look(await viewOf(photo), BOTH, [bright(), listening]);
    expect(asked.length).toBeGreaterThan(0);
    for (const pictures of asked) {
      expect(pictures).toHaveLength(2 * 3 * 96 * 48);
      const [own, image] = [pictures.subarray(0, 3 * 96 * 48), pictures.subarray(3 * 96 * 48)];
      const mirrored = (i: number) => i - (i % 96) + 95 - (i % 96);
      const turned = own.map((_, i) => own[3 * mirrored(Math.floor(i / 3)) + (i % 3)]);
      expect(image).toEqual(turned);
      expect(own).not.toEqual(turned);
    }
  });

  test("answers with the mean of both", async () => {
    const divided = always(REFINER, (picture) => (picture === 0 ? 0.9 : 0.3));
    const view = await viewOf(photo);
    const answer = await look(view, BOTH, [bright(), divided]);
    expect(answer.areaPx).toBeGreaterThan(0);
    expect(answer.confidence).toBeCloseTo(0.6, 4);
    const strict = { ...BOTH, threshold: 0.65 };
    expect((await look(view, strict, [bright(), divided])).areaPx).toBe(0);
  });

  test("has its answer to the mirror image turned back", async () => {
    const right = (column: number) => (column >= 48 ? 0.99 : 0.01);
    const view = await viewOf(photo);
    const agreeing = always(REFINER, (picture, column) => right(picture === 0 ? column : 95 - column));
    expect((await look(view, BOTH, [bright(), agreeing])).confidence).toBeGreaterThan(0.9);
    const contrary = always(REFINER, (_, column) => right(column));
    expect((await look(view, BOTH, [bright(), contrary])).confidence).toBeLessThan(0.6);
  });
});
