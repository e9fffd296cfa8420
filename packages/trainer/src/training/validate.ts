import { confusion, dice } from "@sluice/core/evaluation/metrics";
import { emptyBatch } from "../data/batch";
import type { Examples } from "../data/examples";
import { breathe } from "./breathe";
import type { Learner } from "./learner";
import type { NetworkPlan } from "./network-plan";

/** Mean Dice per image at model size, in inference mode. */
export async function validationDice(
  learner: Learner,
  examples: Examples,
  plan: NetworkPlan,
): Promise<number> {
  const { width, height, batchSize, threshold } = plan;
  const area = width * height;
  const limit = Math.log(threshold / (1 - threshold)); // the logit of the threshold
  let sum = 0;
  for (let start = 0; start < examples.count; start += batchSize) {
    const length = Math.min(batchSize, examples.count - start);
    const batch = emptyBatch(length, plan);
    const indices = Array.from({ length }, (_, i) => start + i);
    examples.fill(batch, indices, null);
    const logits = await learner.predict(batch);
    const predicted = Uint8Array.from(logits, (logit) => (logit >= limit ? 1 : 0));
    const truth = Uint8Array.from(batch.target);
    for (let i = 0; i < length; i++) {
      const image = (pixels: Uint8Array) => pixels.subarray(i * area, (i + 1) * area);
      sum += dice(confusion(image(predicted), image(truth)));
    }
    await breathe();
  }
  return sum / examples.count;
}
