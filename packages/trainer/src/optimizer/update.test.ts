import { expect, test } from "vitest";
import { drawnStep } from "./testing";
import { meanOver, type Update, update } from "./update";

const SIZE = 9;
const state = ({ parameters, firstMoments, secondMoments }: Update) => [
  parameters,
  firstMoments,
  secondMoments,
];

test.each([1, 2, 3])("a step in parts is the same step, bit by bit (gradients: %i)", (parts) => {
  const [whole, inParts] = [drawnStep(parts), drawnStep(parts)];
  update(whole, 0, SIZE);
  for (const [start, end] of [
    [6, SIZE],
    [0, 2],
    [2, 6],
  ] as const)
    update(inParts, start, end);
  expect(state(inParts)).toEqual(state(whole));
  expect(state(whole)).not.toEqual(state(drawnStep(parts)));
});

test("values outside of a part stay what they are", () => {
  const step = drawnStep(2);
  update(step, 3, 5);
  const before = drawnStep(2);
  for (const [k, vector] of state(step).entries())
    for (let i = 0; i < SIZE; i++)
      expect(vector[i] !== state(before)[k]?.[i], `${i}`).toBe(i === 3 || i === 4);
});

test("the mean is weighted", () => {
  const vectors = [Float32Array.of(1, 0), Float32Array.of(3, 0), Float32Array.of(5, 8)];
  meanOver(vectors, [0.5, 0.25, 0.25]);
  expect(vectors[0]).toEqual(Float32Array.of(2.5, 2));
});
