import { expect, test } from "vitest";
import { affordable, costOf, earlyEpochs } from "./early-epochs";

const FULL = { width: 64, height: 64, early: null };
/** A quarter of the pixels: 0.2 + 0.8 / 4 of the time. */
const HALVED = { ...FULL, early: { width: 32, height: 32, share: 0.5 } };

test("the first share of the planned epochs is early, and the last epoch never is", () => {
  expect([0, 1, 2, 3, 4].map((planned) => earlyEpochs(HALVED, planned))).toEqual([0, 0, 1, 1, 2]);
  expect(earlyEpochs(FULL, 10)).toBe(0);
});

test("what is early costs less, also a part of it", () => {
  expect(costOf(FULL, 10, 7.5)).toBe(7.5);
  expect(costOf(HALVED, 10, 2.5)).toBeCloseTo(1, 9);
  expect(costOf(HALVED, 10, 6.5)).toBeCloseTo(5 * 0.4 + 1.5, 9);
});

test("so many epochs are planned as can be paid, up to the recipe's", () => {
  const [full, halved] = [FULL, HALVED].map((plan) => ({ ...plan, epochs: 40 }));
  expect(affordable(full, 0, 7.9)).toBe(7);
  expect(affordable(full, 3, 7.9)).toBe(10);
  expect(affordable(halved, 0, 7)).toBe(10); // 5 * 0.4 + 5
  expect(affordable(halved, 0, 6.9)).toBe(9); // 4 * 0.4 + 5
  expect(affordable(halved, 0, 1_000)).toBe(40);
  expect(affordable(halved, 7, 0)).toBe(7);
  expect(affordable(halved, 7, -3)).toBe(7);
});

test("when all early ones are over, each further one has to be paid in full", () => {
  const plan = { ...HALVED, epochs: 40 };
  const [after20, after21] = [20, 21].map((planned) => costOf(plan, planned, planned));
  // Of 20 epochs 10 are early, of 21 too: the eleventh late one costs 1.
  expect(after21 - after20).toBeCloseTo(1, 9);
  expect(affordable(plan, 20, 0.99)).toBe(20);
  expect(affordable(plan, 20, 1)).toBe(21);
});
