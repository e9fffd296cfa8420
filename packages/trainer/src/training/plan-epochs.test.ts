import type { Training } from "@sluice/core";
import { expect, test } from "vitest";
import { toyRecipe } from "../testing/toy-recipe";
import { locatorPlan } from "./network-plan";
import { replanEpochs } from "./plan-epochs";

const HALVED = { scale: 0.5, share: 0.5 };
const plan = (budgetSeconds: number | null) => locatorPlan(toyRecipe({ epochs: 40, budgetSeconds }));
const finished = (...seconds: number[]): Training.EpochRecord[] =>
  seconds.map((s, i) => ({ epoch: i + 1, loss: 1, validationDice: 0.5, learningRate: 0.001, seconds: s }));

test("without a budget the plan stays", () => {
  expect(replanEpochs(plan(null), 12, finished(100, 100))).toBe(12);
});

test("a machine that turns out faster gets more epochs, up to the recipe's", () => {
  expect(replanEpochs(plan(200), 5, finished(10, 10))).toBe(18); // 93 % of 200 s, less 20 s, at 10 s each
  expect(replanEpochs(plan(200), 5, finished(1, 1))).toBe(40);
});

test("one that turns slower gets fewer, but keeps what is done", () => {
  expect(replanEpochs(plan(200), 18, finished(10, 10, 40, 40, 40))).toBe(6); // 46 s left, one more at 40 s
  expect(replanEpochs(plan(20), 5, finished(10, 10))).toBe(2);
});

test("early epochs on smaller photos say what the full ones will take", () => {
  const recipe = toyRecipe({ epochs: 40, budgetSeconds: 200, progressiveResizing: HALVED });
  const early = finished(4, 4).map((record) => ({ ...record, early: true }));
  // So full ones will take 10: of 186 s less 8, 13 early and 13 full ones in all.
  expect(replanEpochs(locatorPlan(recipe), 30, early)).toBe(26);
  // One full one has taken 10: 168 s are left for as many as they pay for, each of them full.
  expect(replanEpochs(locatorPlan(recipe), 26, [...early, ...finished(10)])).toBe(19);
});
