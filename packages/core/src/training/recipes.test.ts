import { describe, expect, test } from "vitest";
import { Recipe } from "./recipe";
import { ChosenRecipe, RECIPES } from "./recipes";

test("reference is how the field's reference project trains", () => {
  expect(RECIPES.reference).toMatchObject({
    size: 512,
    patch: 1,
    base: 16,
    levels: 4,
    epochs: 50,
    progressiveResizing: null,
    batchSize: 4,
    optimizer: "adam",
    learningRate: 1e-4,
    weightDecay: 1e-4,
    loss: "cross_entropy",
    schedule: { kind: "plateau", factor: 0.5, patience: 3, minimum: 1e-6 },
    patience: 5,
    refiner: null,
    augmentation: {
      mirrored: 0.5,
      upended: 0.3,
      rotation: { degrees: 10, probability: 0.5 },
      light: { probability: 0.3 },
    },
  });
});

test("default is what a recipe without a word is", () => {
  expect(RECIPES.default).toEqual(Recipe.parse({}));
});

test.each(Object.entries(RECIPES))("%s is whole: read again it is the same", (_, recipe) => {
  expect(Recipe.parse(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
});

test.each(Object.entries(RECIPES))(
  "%s: each network's input can be halved as often as it has levels",
  (_, recipe) => {
    const step = ({ patch, levels }: { patch: number; levels: number }) => patch * 2 ** levels;
    expect(recipe.size % step(recipe)).toBe(0);
    const { refiner } = recipe;
    if (!refiner) return;
    expect([refiner.width % step(refiner), refiner.height % step(refiner)]).toEqual([0, 0]);
  },
);

test.each([
  ["no epochs", { epochs: 0 }],
  ["a share over one", { refiner: { budgetShare: 1.5 } }],
  ["a close-up of less than the window", { refiner: { along: 0.9 } }],
  ["an unknown schedule", { schedule: { kind: "cosine" } }],
  ["half a schedule", { schedule: { kind: "plateau", factor: 0.5 } }],
  ["an unknown start", { start: "hot" }],
])("%s is refused", (_, changes) => {
  expect(Recipe.safeParse(changes).success).toBe(false);
});

test("what is left out of a refiner is the default's", () => {
  const { refiner } = Recipe.parse({ refiner: { epochs: 3 } });
  expect(refiner).toEqual({ ...RECIPES.default.refiner, epochs: 3 });
});

describe("a choice", () => {
  test.each(["default", "reference"] as const)("by name: %s", (name) => {
    expect(ChosenRecipe.parse(name)).toEqual(RECIPES[name]);
  });

  test("of what differs from the default", () => {
    expect(ChosenRecipe.parse({ epochs: 3 })).toEqual({ ...RECIPES.default, epochs: 3 });
    expect(ChosenRecipe.parse({})).toEqual(RECIPES.default);
  });

  test("of what differs from the one it is like", () => {
    const chosen = ChosenRecipe.parse({ like: "reference", size: 256, epochs: 3 });
    expect(chosen).toEqual({ ...RECIPES.reference, size: 256, epochs: 3 });
  });

  test.each(["fast", "toString", { like: "fast", epochs: 3 }])(
    "%j is no recipe, and it is said which there are",
    (choice) => {
      const { success, error } = ChosenRecipe.safeParse(choice);
      expect(success).toBe(false);
      expect(error?.issues[0].message).toMatch(
        /^There is no recipe (fast|toString); there are: default, reference$/,
      );
    },
  );

  test.each([5, null, true, ["default"], { name: "default" }])(
    "like %j is refused, not passed over",
    (like) => {
      const { error } = ChosenRecipe.safeParse({ like, epochs: 3 });
      expect(error?.issues.map(({ message }) => message)).toEqual([
        `There is no recipe ${JSON.stringify(like)}; there are: default, reference`,
      ]);
    },
  );

  test.each([5, null, true, ["default"]])("%j is no recipe either", (choice) => {
    expect(ChosenRecipe.safeParse(choice).success).toBe(false);
  });

  test("that does not fit is told by its place", () => {
    const { error } = ChosenRecipe.safeParse({ like: "reference", epochs: -1 });
    expect(error?.issues[0].path).toEqual(["epochs"]);
  });
});
