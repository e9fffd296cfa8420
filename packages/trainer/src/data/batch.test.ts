import { expect, test } from "vitest";
import { emptyBatch, foldedPositions } from "./batch";

test("pixels fold by block, then row and column in the block", () => {
  // Where each pixel of a photo of 6 x 4 goes with 2 x 2 blocks.
  // biome-ignore format: as the photo lies
  expect([...foldedPositions({ width: 6, height: 4, patch: 2 })]).toEqual([
    0, 1, 4, 5, 8, 9,
    2, 3, 6, 7, 10, 11,
    12, 13, 16, 17, 20, 21,
    14, 15, 18, 19, 22, 23,
  ]);
});

test("without blocks the order stays", () => {
  expect([...foldedPositions({ width: 2, height: 2, patch: 1 })]).toEqual([0, 1, 2, 3]);
});

test("a batch has the folded shapes", () => {
  const { input, inputShape, target, targetShape } = emptyBatch(2, { width: 12, height: 8, patch: 4 });
  expect(inputShape).toEqual([2, 2, 3, 48]);
  expect(targetShape).toEqual([2, 2, 3, 16]);
  expect([input.length, target.length]).toEqual([576, 192]);
});
