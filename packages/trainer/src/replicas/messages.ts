import type { Batch } from "../data/batch";
import type { Lesson } from "../network/lesson";
import type { Architecture } from "../network/weights";

/** To a replica's process; the arrays of those lengths lie in the shared file, but statistics are only asked for. */
export type Question =
  | {
      ask: "differentiate";
      lesson: Lesson;
      shapes: Pick<Batch, "inputShape" | "targetShape">;
      lengths: { parameters: number; statistics: number; input: number; target: number };
    }
  | {
      ask: "predict";
      network: Architecture;
      shapes: Pick<Batch, "inputShape">;
      lengths: { parameters: number; statistics: number; input: number };
    };

/** Back from it. */
export type Answer =
  | { answer: "ready" }
  | { answer: "failed"; message: string }
  | { answer: "slope"; loss: number | "no number" }
  | { answer: "logits"; count: number };
