import { expect, test } from "vitest";
import { emptyBatch, foldedPositions } from "./batch";

test("pixels fold by block, then row and column in the block", () => {
  // Where each pixel of a 4 x 4 photo goes with 2 x 2 blocks.
  // biome-ignore format: as the photo lies
  expect([...foldedPositions({ size: 4, patch: 2 })]).toEqual([
    0, 1, 4, 5,
    2, 3, 6, 7,
    8, 9, 12, 13,
    10, 11, 14, 15,
  ]);
});

test("without blocks the order stays", () => {
  expect([...foldedPositions({ size: 2, patch: 1 })]).toEqual([0, 1, 2, 3]);
});

test("a batch has the folded shapes", () => {
  const { input, inputShape, target, targetShape } = emptyBatch(2, { size: 8, patch: 4 });
  expect(inputShape).toEqual([2, 2, 2, 48]);
  expect(targetShape).toEqual([2, 2, 2, 16]);
  expect([input.length, target.length]).toEqual([384, 128]);
});
