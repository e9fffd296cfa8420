import type { Training } from "@sluice/core";
import type { Architecture } from "./weights";

/** What a gradient depends on, but for weights and batch. */
export type Lesson = Architecture & Pick<Training.Recipe, "loss">;

/** What a batch has to say about the parameters: written into the asker's memory, step after step. */
export interface Slope {
  loss: number;
  /** [parameters] */
  gradient: Float32Array;
  /** Of the batch itself, [statistics]. */
  statistics: Float32Array;
}
