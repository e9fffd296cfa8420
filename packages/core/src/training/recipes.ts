import * as z from "zod";
import { Recipe } from "./recipe";

/**
 * The recipes that a stage may name in its settings, as they are or with changes. Add one for another kind of photo
 * here; what it leaves out is the default's.
 */
export const RECIPES = {
  /** Ours, for photos in which one thing of a few percent of the picture is to be found; see docs/benchmarks.md. */
  default: Recipe.parse({}),

  /** As the field's reference project trains: one U-Net on 512 px, an hour or two on two cores. */
  reference: Recipe.parse({
    size: 512,
    patch: 1,
    base: 16,
    levels: 4,
    batchSize: 4,
    replicas: 1,
    epochs: 50,
    progressiveResizing: null,
    learningRate: 1e-4,
    refiner: null,
    loss: "cross_entropy",
    optimizer: "adam",
    weightDecay: 1e-4,
    schedule: { kind: "plateau", factor: 0.5, patience: 3, minimum: 1e-6 },
    patience: 5,
    augmentation: {
      rotation: { degrees: 10, probability: 0.5 },
      quarterTurn: 0,
      scale: [1, 1],
      shift: 0,
      mirrored: 0.5,
      upended: 0.3,
      light: { brightness: 0.2, contrast: 0, colour: 0, probability: 0.3 },
    },
    start: "scratch",
  }),
} as const satisfies Record<string, Recipe>;
export type RecipeName = keyof typeof RECIPES;

/** A recipe's name, a recipe, or what one has differently `like` another. */
export type RecipeChoice = RecipeName | (z.input<typeof Recipe> & { like?: RecipeName });

const isName = (name: unknown): name is RecipeName =>
  typeof name === "string" && Object.hasOwn(RECIPES, name);

/** Reads a `RecipeChoice` as the whole recipe it means. */
export const ChosenRecipe = z.preprocess((choice, context) => {
  const { like, ...changes } =
    typeof choice === "string" ? { like: choice } : { ...(choice as { like?: unknown }) };
  if (like === undefined) return choice;
  if (isName(like)) return { ...RECIPES[like], ...changes };
  const asked = typeof like === "string" ? like : JSON.stringify(like);
  context.addIssue({
    code: "custom",
    message: `There is no recipe ${asked}; there are: ${Object.keys(RECIPES).join(", ")}`,
  });
  return z.NEVER;
}, Recipe) as unknown as z.ZodType<Recipe, RecipeChoice>;
