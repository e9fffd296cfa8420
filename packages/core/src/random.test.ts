import { expect, test } from "vitest";
import { seededRandom } from "./random";

test.each([
  [1, [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]],
  [-3, [0.5127934608608484, 0.46524663479067385, 0.09994429117068648]],
  [20_251_121, [0.8176782056689262, 0.8199599010404199, 0.33100620610639453]],
])("of the seed %i it draws what it has always drawn", (seed, drawn) => {
  const random = seededRandom(seed);
  expect([random(), random(), random()]).toEqual(drawn);
});

test("its state, put back or given to another, goes on from there", () => {
  const random = seededRandom(7);
  random();
  const { state } = random;
  const next = [random(), random()];
  random.state = state;
  expect([random(), random()]).toEqual(next);

  const other = seededRandom(8);
  other.state = state;
  expect([other(), other()]).toEqual(next);
});
