import { expect, test } from "vitest";
import {
  affordableEpochs,
  costAhead,
  costOf,
  costOfRecorded,
  earlyEpochs,
  isNextEarly,
} from "./early-epochs";

const FULL = { width: 64, height: 64, early: null };
/** A quarter of the pixels: 0.2 + 0.8 / 4 of the time. */
const HALVED = { ...FULL, early: { width: 32, height: 32, share: 0.5 } };
const records = (early: number, full: number) => [
  ...Array.from({ length: early }, () => ({ early: true })),
  ...Array.from({ length: full }, () => ({ early: false })),
];

test("the first share of the planned epochs is early, and the last epoch never is", () => {
  expect([0, 1, 2, 3, 4].map((planned) => earlyEpochs(HALVED, planned))).toEqual([0, 0, 1, 1, 2]);
  expect(earlyEpochs(FULL, 10)).toBe(0);
  const nearlyAll = { ...FULL, early: { width: 32, height: 32, share: 0.99 } };
  for (const planned of [1, 2, 10, 50]) expect(earlyEpochs(nearlyAll, planned)).toBeLessThan(planned);
});

test("the next epoch is early while the plan says so, and never again after a full one", () => {
  expect(isNextEarly(HALVED, 4, records(1, 0))).toBe(true);
  expect(isNextEarly(HALVED, 4, records(2, 0))).toBe(false);
  expect(isNextEarly(HALVED, 10, records(2, 1))).toBe(false); // the plan has grown
  expect(isNextEarly(FULL, 10, [])).toBe(false);
});

test("what is early costs less", () => {
  expect(costOf(FULL, { early: 0, full: 7.5 })).toBe(7.5);
  expect(costOf(HALVED, { early: 2.5, full: 1.5 })).toBeCloseTo(2.5, 9);
  expect(costOfRecorded(HALVED, records(5, 3))).toBeCloseTo(5, 9);
  expect(costAhead(HALVED, 10, records(3, 0))).toBeCloseTo(2 * 0.4 + 5, 9);
  expect(costAhead(HALVED, 10, records(3, 1))).toBe(6);
});

test("so many epochs are planned as can be paid, up to the recipe's", () => {
  const [full, halved] = [FULL, HALVED].map((plan) => ({ ...plan, epochs: 40 }));
  expect(affordableEpochs(full, [], 7.9)).toBe(7);
  expect(affordableEpochs(full, records(0, 3), 7.9)).toBe(10);
  expect(affordableEpochs(halved, [], 7)).toBe(10); // 5 * 0.4 + 5
  expect(affordableEpochs(halved, [], 6.9)).toBe(9); // 4 * 0.4 + 5
  expect(affordableEpochs(halved, [], 1_000)).toBe(40);
  expect(affordableEpochs(halved, records(4, 1), 3.5)).toBe(8); // each in full
  for (const left of [0, -3]) expect(affordableEpochs(halved, records(7, 0), left)).toBe(7);
});
