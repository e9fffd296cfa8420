import fs from "node:fs";
import type { Training } from "@sluice/core";
import * as CloseUp from "@sluice/core/close-up/index";
import { applyAugmentation, type Source } from "../augmentation/apply";
import { planCloseUp } from "../augmentation/displace";
import { type Drawn, IDENTITY, type Plan, planAugmentation } from "../augmentation/plan";
import { type Batch, foldedPositions, type InputShape } from "./batch";
import { type ExampleShape, exampleBytes, surroundingsOf, wholeOf } from "./example-file";

/** One split, as one network takes it. */
export interface Examples {
  count: number;
  /** Writes examples into a batch, one after the other; drawn anew for training, always alike for validation. */
  fill(batch: Batch, indices: readonly number[], drawn: Drawn | null): void;
}
export interface Splits {
  train: Examples;
  /** The same examples smaller, for the first epochs, where the network's plan has some. */
  early?: Examples;
  validation: Examples;
}

/** A picture, and what is to be done to it. */
interface Planned {
  source: Source;
  plan: Plan;
}

/**
 * Examples that are read when they are needed.
 *
 * @param planned of an example; reads it
 */
export function examplesOf(
  count: number,
  shape: InputShape,
  planned: (index: number, drawn: Drawn | null) => Planned,
): Examples {
  const positions = foldedPositions(shape);
  const area = shape.width * shape.height;
  return {
    count,
    fill({ input, target }, indices, drawn) {
      for (const [slot, index] of indices.entries()) {
        if (index >= count) throw new RangeError(`there is no example ${index}`);
        const { source, plan } = planned(index, drawn);
        const [inputOffset, targetOffset] = [slot * area * 3, slot * area];
        const into = { ...shape, input, inputOffset, target, targetOffset, positions };
        applyAugmentation(source, plan.map, plan.light, into);
      }
    },
  };
}

/**
 * What the network sees that is shown whole photos.
 *
 * @param files of examples of that shape; @param shape may be smaller than they are
 */
export function wholeExamples(
  files: readonly string[],
  example: ExampleShape,
  shape: InputShape,
  augmentation: Training.Augmentation | null,
): Examples {
  const read = reader(files, example);
  const full = CloseUp.stretched(shape, example.whole);
  return examplesOf(files.length, shape, (index, drawn) => {
    const { map, light } =
      drawn && augmentation ? planAugmentation(augmentation, drawn, index, shape) : IDENTITY;
    return { source: wholeOf(read(index), example), plan: { map: CloseUp.compose(full, map), light } };
  });
}

/** What the refiner sees. Pairs with an empty mask have no close-up, and are left out. */
export function closeUpExamples(
  files: readonly string[],
  example: ExampleShape,
  shape: InputShape & CloseUp.Margins,
  augmentation: Training.Augmentation | null,
): Examples {
  const read = reader(files, example);
  const shown = files
    .map((_, index) => index)
    .filter((index) => surroundingsOf(read(index), example) !== null);
  return examplesOf(shown.length, shape, (index, drawn) => {
    const source = surroundingsOf(read(shown[index]), example);
    if (!source) throw new RangeError(`example ${index} has lost its close-up`);
    const { map, light } = planCloseUp(
      source.outline,
      shape,
      shape,
      index,
      drawn && { ...drawn, augmentation },
    );
    return { source, plan: { map: CloseUp.compose(source.fromPicture, map), light } };
  });
}

/** Reads one example at a time into the same memory, so that a training's memory does not grow with its dataset. */
function reader(files: readonly string[], example: ExampleShape): (index: number) => Uint8Array {
  const bytes = new Uint8Array(exampleBytes(example));
  return (index) => {
    const handle = fs.openSync(files[index], "r");
    try {
      const read = fs.readSync(handle, bytes);
      if (read !== bytes.length) throw new Error(`${files[index]} is cut short`);
    } finally {
      fs.closeSync(handle);
    }
    return bytes;
  };
}
