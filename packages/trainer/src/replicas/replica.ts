import type { Batch } from "../data/batch";
import type { Lesson, Slope } from "../network/lesson";
import type { Architecture } from "../network/weights";

/** A network's weights, each kind as one vector in stored order. */
export interface State {
  parameters: Float32Array;
  statistics: Float32Array;
}

/**
 * Somebody who computes on a backend of their own and remembers nothing: weights come with every question. A batch
 * that is learned in parts keeps as many of them busy at once.
 */
export interface Replica {
  differentiate(lesson: Lesson, state: State, batch: Batch, into: Slope): Promise<void>;
  /** Logits of folded input in inference mode, [n, height / patch, width / patch, patch²]. */
  predict(
    network: Architecture,
    state: State,
    batch: Pick<Batch, "input" | "inputShape">,
  ): Promise<Float32Array>;
  close(): void;
}
