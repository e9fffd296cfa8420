import { expect, test } from "vitest";
import { emptyBatch } from "../data/batch";
import { partsOf } from "./parts";

const SHAPE = { width: 4, height: 2, patch: 2 };

/** Pictures whose every value is their number, from 0. */
function numbered(n: number) {
  const batch = emptyBatch(n, SHAPE);
  batch.input.forEach((_, i) => {
    batch.input[i] = Math.floor(i / 24);
  });
  batch.target.forEach((_, i) => {
    batch.target[i] = Math.floor(i / 8);
  });
  return batch;
}
const pictures = (n: number, wanted: number) =>
  partsOf(numbered(n), wanted).map((part) => {
    expect(part.targetShape).toEqual([part.inputShape[0], 1, 2, 4]);
    expect(part.inputShape).toEqual([part.targetShape[0], 1, 2, 12]);
    expect([...new Set(part.target)]).toEqual([...new Set(part.input)]);
    expect(part.input.length).toBe(24 * part.inputShape[0]);
    return [...new Set(part.input)];
  });

test("a batch comes in parts as equal as they can be", () => {
  expect(pictures(8, 2)).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
  expect(pictures(7, 3)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5, 6],
  ]);
  expect(pictures(4, 1)).toEqual([[0, 1, 2, 3]]);
});

test("no part has a single picture, unless it is the only one", () => {
  expect(pictures(3, 2)).toEqual([[0, 1, 2]]);
  expect(pictures(5, 4)).toEqual([
    [0, 1],
    [2, 3, 4],
  ]);
  expect(pictures(1, 2)).toEqual([[0]]);
});
