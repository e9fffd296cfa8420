import { expect, test } from "vitest";
import { seededRandom } from "../random";
import { probabilityBetter } from "./bootstrap";

/** The definition, word for word. */
function asDefined(differences: readonly number[], resamples: number, seed: number): number {
  const random = seededRandom(seed);
  const sums = Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < differences.length; i++)
      sum += differences[Math.floor(random() * differences.length)];
    return sum;
  });
  return sums.filter((sum) => sum > 0).length / resamples;
}

test.each([
  [1, 500, 1],
  [7, 501, -3],
  [102, 502, 20_251_121],
  [102, 502, 2],
  [103, 503, 2],
])("%i images, %i resamples, seed %i: draws the images that seededRandom names", (n, resamples, seed) => {
  const values = seededRandom(n);
  const differences = Array.from({ length: n }, () => values() - 0.45);
  expect(probabilityBetter(differences, resamples, seed)).toBe(asDefined(differences, resamples, seed));
});

test("more draws than are held at once are made in blocks", () => {
  const values = seededRandom(5);
  const differences = Array.from({ length: 1_000_000 }, () => values() - 0.5);
  expect(probabilityBetter(differences, 9, 3)).toBe(asDefined(differences, 9, 3));
});

test("ties count half; a sure gain and a sure loss are 1 and 0", () => {
  expect(probabilityBetter([0, 0, 0], 100, 1)).toBe(0.5);
  expect(probabilityBetter([0.1, 0.2], 100, 1)).toBe(1);
  expect(probabilityBetter([-0.1, -0.2], 100, 1)).toBe(0);
});

test("two images, one up and one down: by as much, and by less", () => {
  expect(probabilityBetter([0.1, -0.1], 20_000, 1)).toBeCloseTo(0.5, 2);
  expect(probabilityBetter([0.3, -0.1], 20_000, 1)).toBeCloseTo(0.75, 2);
});
