import { seededRandom } from "@sluice/core";
import { expect, test } from "vitest";
import { meanOver, shared, type Update, update } from "./update";

const SIZE = 9;
function drawn(parts: number): Update {
  const random = seededRandom(parts);
  const vector = () => shared(Float32Array.from({ length: SIZE }, () => random() - 0.5));
  return {
    parameters: vector(),
    firstMoments: vector(),
    secondMoments: vector().map(Math.abs),
    gradients: Array.from({ length: parts }, vector),
    shares: Array.from({ length: parts }, () => 1 / parts),
    decays: vector().map((value) => Number(value > 0)),
    ...({ optimizer: "adamw", learningRate: 0.1, weightDecay: 0.1, step: 4 } as const),
  };
}
const state = ({ parameters, firstMoments, secondMoments }: Update) => [
  parameters,
  firstMoments,
  secondMoments,
];

test.each([1, 2, 3])("a step in parts is the same step, bit by bit (gradients: %i)", (parts) => {
  const [whole, inParts] = [drawn(parts), drawn(parts)];
  update(whole, 0, SIZE);
  for (const [start, end] of [
    [6, SIZE],
    [0, 2],
    [2, 6],
  ] as const)
    update(inParts, start, end);
  expect(state(inParts)).toEqual(state(whole));
  expect(state(whole)).not.toEqual(state(drawn(parts)));
});

test("values outside of a part stay what they are", () => {
  const step = drawn(2);
  update(step, 3, 5);
  const before = drawn(2);
  for (const [k, vector] of state(step).entries())
    for (let i = 0; i < SIZE; i++)
      expect(vector[i] !== state(before)[k]?.[i], `${i}`).toBe(i === 3 || i === 4);
});

test("the mean is weighted", () => {
  const vectors = [Float32Array.of(1, 0), Float32Array.of(3, 0), Float32Array.of(5, 8)];
  meanOver(vectors, [0.5, 0.25, 0.25]);
  expect(vectors[0]).toEqual(Float32Array.of(2.5, 2));
});
