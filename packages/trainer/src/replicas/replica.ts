import type { Batch } from "../data/batch";
import type { Architecture } from "../network/weights";
import type { NetworkPlan } from "../training/network-plan";

/** What a gradient depends on, but for weights and batch. */
export type Lesson = Architecture & Pick<NetworkPlan, "loss">;

/** A network's weights, each kind as one vector in stored order. */
export interface State {
  parameters: Float32Array;
  statistics: Float32Array;
}

/** What a batch has to say about the parameters: written into the asker's memory, step after step. */
export interface Slope {
  loss: number;
  /** [parameters] */
  gradient: Float32Array;
  /** Of the batch itself, [statistics]. */
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
