import { expect, test } from "vitest";
import { TOY_REFINER, toyRecipe } from "../testing/toy-recipe";
import { locatorPlan, refinerPlan } from "./network-plan";

const REFINER = { ...TOY_REFINER, base: 3, batchSize: 2, budgetShare: 0.75 };

test("the locator sees a square, the refiner its oblong, each with its own shape and pace", () => {
  const recipe = toyRecipe({ size: 64, patch: 2, epochs: 9, refiner: REFINER });
  expect(locatorPlan(recipe)).toMatchObject({
    width: 64,
    height: 64,
    patch: 2,
    base: 4,
    batchSize: 4,
    epochs: 9,
  });
  expect(refinerPlan(recipe)).toMatchObject({
    width: 32,
    height: 16,
    patch: 1,
    base: 3,
    batchSize: 2,
    epochs: 4,
  });
});

test("what the recipe says of learning holds for both", () => {
  const learning = {
    loss: "cross_entropy",
    optimizer: "adam",
    weightDecay: 0.5,
    schedule: { kind: "plateau", factor: 0.5, patience: 3, minimum: 1e-6 },
    patience: 7,
    seed: 3,
    threshold: 0.4,
  } as const;
  const recipe = toyRecipe({ ...learning, refiner: REFINER });
  expect(locatorPlan(recipe)).toMatchObject(learning);
  expect(refinerPlan(recipe)).toMatchObject(learning);
});

test("the budget is shared out, whole", () => {
  const recipe = toyRecipe({ budgetSeconds: 100, refiner: REFINER });
  expect([locatorPlan(recipe).budgetSeconds, refinerPlan(recipe)?.budgetSeconds]).toEqual([25, 75]);
  const without = toyRecipe({ refiner: REFINER });
  expect([locatorPlan(without).budgetSeconds, refinerPlan(without)?.budgetSeconds]).toEqual([null, null]);
});

test("one network has no refiner's plan, and the budget to itself", () => {
  const recipe = toyRecipe({ budgetSeconds: 100 });
  expect(refinerPlan(recipe)).toBeNull();
  expect(locatorPlan(recipe).budgetSeconds).toBe(100);
});

test("early epochs see what the network can take, and are none where nothing is smaller", () => {
  const early = (recipe: Parameters<typeof toyRecipe>[0]) => locatorPlan(toyRecipe(recipe)).early;
  const progressiveResizing = { scale: 0.7, share: 0.5 };
  // Steps of patch * 2^levels: 4, then 16; one of 16 is left of 0.7 * 16.
  expect(early({ progressiveResizing })).toEqual({ width: 24, height: 24, share: 0.5 });
  expect(early({ progressiveResizing, size: 64, patch: 2, levels: 3 })).toMatchObject({ width: 48 });
  expect(early({ progressiveResizing, size: 16, patch: 2, levels: 3 })).toBeNull();
  expect(early({ progressiveResizing: null })).toBeNull();
  expect(early({ progressiveResizing: {}, size: 192, patch: 2, levels: 4 })).toMatchObject({ width: 128 });
  const twoLooks = toyRecipe({ progressiveResizing, refiner: REFINER });
  expect(refinerPlan(twoLooks)?.early).toBeNull();
});
