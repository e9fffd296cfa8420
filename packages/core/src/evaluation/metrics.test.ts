import { describe, expect, test } from "vitest";
import { confusion, dice, iou } from "./metrics";
import { score } from "./score";
import { summarise } from "./summarise";
import { imageScoring } from "./testing";

test("counts, Dice and IoU of two overlapping masks", () => {
  const counts = confusion(Uint8Array.of(1, 1, 0, 0, 1), Uint8Array.of(255, 0, 255, 0, 255));
  expect(counts).toEqual({ both: 2, predictedOnly: 1, trueOnly: 1 });
  expect(dice(counts)).toBeCloseTo(4 / 6, 12);
  expect(iou(counts)).toBeCloseTo(2 / 4, 12);
});

describe("empty masks", () => {
  const none = new Uint8Array(4);
  const one = Uint8Array.of(0, 255, 0, 0);

  test.each([
    ["no window, and none found", none, none, 1],
    ["a window that was not found", none, one, 0],
    ["a find where no window is", one, none, 0],
  ])("%s", (_, predicted, truth, score) => {
    const counts = confusion(predicted, truth);
    expect({ dice: dice(counts), iou: iou(counts) }).toEqual({ dice: score, iou: score });
  });
});

test("masks of different sizes are refused", () => {
  expect(() => confusion(new Uint8Array(3), new Uint8Array(4))).toThrow("3 and 4 px");
});

test("means over all images and over each slice", () => {
  const summary = summarise([
    imageScoring("a", 0.9, { iou: 0.8, boundaryPx: 1, slices: ["dark"] }),
    imageScoring("b", 0.7, { iou: 0.6, boundaryPx: null, slices: ["dark", "tilted"] }),
    imageScoring("c", 0.5, { iou: 0.4, boundaryPx: 4 }),
  ]);
  expect(summary.dice).toBeCloseTo(0.7, 12);
  expect(summary.iou).toBeCloseTo(0.6, 12);
  expect(summary.boundaryPx).toBe(2.5);
  expect(summary.slices.dark).toMatchObject({ count: 2, boundaryPx: 1 });
  expect(summary.slices.dark?.dice).toBeCloseTo(0.8, 12);
  expect(summary.slices.tilted).toEqual({ count: 1, dice: 0.7, iou: 0.6, boundaryPx: null });
  expect(summary.slices.small_window).toBeUndefined();
});

test("of no image the scores are 0, and there is no distance", () => {
  expect(summarise([])).toMatchObject({ dice: 0, iou: 0, boundaryPx: null, slices: {} });
});

test("two masks' scores: a window of 4 x 2 px, of which the upper row is found and a pixel too many", () => {
  const truth = Uint8Array.of(255, 255, 255, 255, 0, 255, 255, 255, 255, 0);
  const predicted = Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 0, 0, 0);
  const scores = score(predicted, truth, { width: 5, height: 2 });
  expect(scores).toMatchObject({ iou: 4 / 9, precision: 0.8, truePx: 8, predictedPx: 5 });
  expect(scores.dice).toBeCloseTo(8 / 13, 12);
  // Four pixels of the truth and one of the answer are 1 px from the other, eight lie on it.
  expect(scores.boundaryPx).toBeCloseTo(5 / 13, 12);
  expect(scores.boundaryShare).toBeCloseTo(5 / 13 / Math.sqrt(29), 12);
});

test("an answer without a mask has no precision", () => {
  const scores = score(new Uint8Array(2), Uint8Array.of(1, 0), { width: 2, height: 1 });
  expect(scores).toMatchObject({ dice: 0, precision: null, boundaryPx: null, boundaryShare: null });
});
