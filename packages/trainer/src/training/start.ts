import { type Blobs, Bundle, readJson, sha256, type Training } from "@sluice/core";
import { unpackWeights, type Weights } from "../network/weights";

/** Peak learning rate of a training that begins with a champion's weights, as a share of the recipe's. */
const WARM_PEAK = 0.5;

export interface Start {
  /** Null: fresh weights. */
  weights: Weights | null;
  learningRate: number;
  /** One line for the log. */
  why: string;
}

/**
 * Where a training begins. The champion never saw a test picture, since a pair keeps its split for ever; so going on
 * from its weights leaves the test set as fresh as it was. What does not fit or cannot be read is a start from
 * scratch, and the gate's own look at the champion tells of the damage.
 */
export async function startOf(job: Training.Job, { blobs }: { blobs: Blobs }): Promise<Start> {
  const { learningRate } = job.recipe;
  const scratch = (why: string): Start => ({ weights: null, learningRate, why: `from scratch: ${why}` });
  if (job.recipe.start === "scratch") return scratch("the recipe says so");
  if (job.champion === null) return scratch("there is no champion yet");
  const weights = await championWeights(job.champion, job.recipe, blobs).catch(() => null);
  if (weights === null) return scratch(`the weights of model ${job.champion} do not fit`);
  return {
    weights,
    learningRate: learningRate * WARM_PEAK,
    why: `from the weights of model ${job.champion}`,
  };
}

async function championWeights(
  number: number,
  recipe: Training.Recipe,
  blobs: Blobs,
): Promise<Weights | null> {
  const prefix = Bundle.modelPrefix(number);
  const bundle = await readJson(prefix + Bundle.MODEL_JSON, Bundle.Bundle, { blobs });
  const { patch, base, levels } = bundle.recipe;
  const isSame = patch === recipe.patch && base === recipe.base && levels === recipe.levels;
  if (!isSame || bundle.weights === null) return null;
  const packed = await blobs.get(prefix + bundle.weights.file);
  return sha256(packed) === bundle.weights.sha256 ? unpackWeights(recipe, packed) : null;
}
