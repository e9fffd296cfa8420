import { expect, test } from "vitest";
import { confusion, dice, iou } from "./metrics";
import { summarise } from "./summarise";

test("counts, Dice and IoU of two overlapping masks", () => {
  const counts = confusion(Uint8Array.of(1, 1, 0, 0, 1), Uint8Array.of(255, 0, 255, 0, 255));
  expect(counts).toEqual({ both: 2, predictedOnly: 1, trueOnly: 1 });
  expect(dice(counts)).toBeCloseTo(4 / 6, 12);
  expect(iou(counts)).toBeCloseTo(2 / 4, 12);
});

test("two empty masks agree; an empty and a full one do not", () => {
  expect(dice(confusion(new Uint8Array(4), new Uint8Array(4)))).toBe(1);
  expect(iou(confusion(new Uint8Array(4), new Uint8Array(4)))).toBe(1);
  expect(dice(confusion(new Uint8Array(4), new Uint8Array(4).fill(1)))).toBe(0);
});

test("masks of different sizes are refused", () => {
  expect(() => confusion(new Uint8Array(3), new Uint8Array(4))).toThrow("3 and 4 px");
});

test("means over all images and over each slice", () => {
  const summary = summarise([
    { id: "a", dice: 0.9, iou: 0.8, slices: ["dark"] },
    { id: "b", dice: 0.7, iou: 0.6, slices: ["dark", "rotated"] },
    { id: "c", dice: 0.5, iou: 0.4, slices: [] },
  ]);
  expect(summary.dice).toBeCloseTo(0.7, 12);
  expect(summary.iou).toBeCloseTo(0.6, 12);
  expect(summary.slices.dark).toMatchObject({ count: 2 });
  expect(summary.slices.dark?.dice).toBeCloseTo(0.8, 12);
  expect(summary.slices.rotated).toEqual({ count: 1, dice: 0.7, iou: 0.6 });
  expect(summary.slices.small_window).toBeUndefined();
});
