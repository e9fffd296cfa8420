import { Training } from "@sluice/core";
import type * as z from "zod";

type Given = z.input<typeof Training.Recipe>;

/** One U-Net that trains in seconds. */
export const toyRecipe = (changes: Given = {}): Training.Recipe =>
  Training.Recipe.parse({
    size: 32,
    patch: 1,
    base: 4,
    levels: 2,
    batchSize: 4,
    replicas: 1,
    epochs: 8,
    progressiveResizing: null,
    learningRate: 0.01,
    refiner: null,
    ...changes,
  });

/** A refiner beside it. */
export const TOY_REFINER = {
  width: 32,
  height: 16,
  patch: 1,
  base: 4,
  levels: 2,
  batchSize: 4,
  epochs: 4,
  learningRate: 0.01,
} as const satisfies Given["refiner"];
