import { expect, test } from "vitest";
import { maskOf } from "./canvas";
import { segment } from "./mask";

const square = (side: number) => ({ width: side, height: side });
const answers = (...probabilities: number[]) => Float32Array.from(probabilities);

test("the same size: thresholds each pixel, and says where and how sure", () => {
  const answer = segment(
    answers(0.1, 0.1, 0.2, 0.1, 0.1, 0.9, 0.7, 0.1, 0.1, 0.8, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
    square(4),
    square(4),
    0.5,
  );
  expect([...maskOf(answer)]).toEqual([0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  expect(answer).toMatchObject({ areaPx: 3, box: { left: 1, top: 1, width: 2, height: 2 } });
  expect(answer.confidence).toBeCloseTo(0.8, 6);
});

test("enlarges probabilities bilinearly between pixel centres, edges repeated", () => {
  // Two pixels 0.2 and 0.8 over width 8: centres lie at 0.5 and 1.5 of the input, so the eight outputs are
  // 0.2 0.2 | 0.275 0.425 0.575 0.725 | 0.8 0.8.
  const twoByTwo = answers(0.2, 0.8, 0.2, 0.8);
  const row = (threshold: number) => [
    ...maskOf(segment(twoByTwo, square(2), { width: 8, height: 1 }, threshold)),
  ];
  expect(row(0.5)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(row(0.27)).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
  expect(row(0.28)).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
  expect(row(0.72)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
  expect(row(0.73)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

test("stretches width and height apart", () => {
  // One bright pixel, top left, over 4 x 6. Across, its row reads 0.8 0.65 0.35 0.2; down, three outputs per
  // input, the upper row's shares are 1, 1, 2/3, 1/3, 0, 0.
  const answer = segment(answers(0.8, 0.2, 0.2, 0.2), square(2), { width: 4, height: 6 }, 0.45);
  const { box, confidence } = answer;
  const expected = [
    [1, 1, 0, 0],
    [1, 1, 0, 0],
    [1, 1, 0, 0], // 0.6 0.5 0.3 0.2
    [0, 0, 0, 0], // 0.4 0.35
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  expect([...maskOf(answer)]).toEqual(expected.flat());
  expect(box).toEqual({ left: 0, top: 0, width: 2, height: 3 });
  expect(confidence).toBeCloseTo(4 / 6, 6); // (0.8 + 0.65 + 0.8 + 0.65 + 0.6 + 0.5) / 6
});

test("makes smaller, too", () => {
  // Four columns to two: outputs lie midway between 0|1 and 2|3.
  const rows = Array.from({ length: 4 }, () => [0.1, 0.3, 0.7, 0.9]).flat();
  const answer = segment(answers(...rows), square(4), { width: 2, height: 2 }, 0.5);
  expect([...maskOf(answer)]).toEqual([0, 1, 0, 1]);
});

test("an empty mask has no box and no confidence", () => {
  const answer = segment(new Float32Array(16).fill(0.02), square(4), { width: 6, height: 5 }, 0.5);
  expect(answer).toMatchObject({ areaPx: 0, box: null, confidence: 0 });
  expect(maskOf(answer)).toEqual(new Uint8Array(30));
});
