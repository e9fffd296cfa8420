import { type Blobs, Bundle, Dataset, readJson, sha256, type Training } from "@sluice/core";
import { unpackWeights, type Weights } from "../network/weights";
import { costAhead } from "./early-epochs";
import { locatorPlan, type NetworkPlan, refinerPlan } from "./network-plan";

/**
 * A warm training has as large a share of the recipe's time and budget, and of its peak learning rate, as there are
 * new photos, but at least these: docs/benchmarks.md.
 */
const LEAST = { share: 0.2, peak: 0.1 };
/** `auto` goes on from a champion that knew at least this share of today's training photos. */
const KNOWN = 0.5;

export interface Start {
  /** In the bundle's order; null: fresh weights. */
  weights: Weights[] | null;
  /** The recipe, shortened where the start is warm. */
  recipe: Training.Recipe;
  /** One line for the log. */
  why: string;
}

/**
 * Where a training begins. The champion never saw a test picture, since a pair keeps its split for ever; so going on
 * from its weights leaves the test set as fresh as it was. What does not fit or cannot be read is a start from
 * scratch, and the gate's own look at the champion tells of the damage.
 *
 * @param pairs of today's dataset version
 */
export async function startOf(
  { recipe, champion }: Training.Job,
  pairs: readonly Dataset.Pair[],
  world: { blobs: Blobs },
): Promise<Start> {
  const scratch = (why: string): Start => ({ weights: null, recipe, why: `from scratch: ${why}` });
  if (recipe.start === "scratch") return scratch("the recipe says so");
  if (champion === null) return scratch("there is no champion yet");
  const before = await championBefore(champion, recipe, world).catch(() => null);
  if (before === null) return scratch(`the weights of model ${champion} do not fit`);
  const known = knownShare(before.pairs, pairs);
  if (recipe.start === "auto" && known < KNOWN) {
    return scratch(`model ${champion} knew less than half of today's photos`);
  }
  const { weights } = before;
  return { weights, recipe: shortened(recipe, 1 - known), why: `from the weights of model ${champion}` };
}

/** The champion's weights, and the pairs that it was trained on; null where another network is asked for. */
async function championBefore(
  champion: number,
  recipe: Training.Recipe,
  world: { blobs: Blobs },
): Promise<{ weights: Weights[]; pairs: Dataset.Pair[] } | null> {
  const prefix = Bundle.modelPrefix(champion);
  const bundle = await readJson(prefix + Bundle.MODEL_JSON, Bundle.Bundle, world);
  const [plans, plansThen] = [plansOf(recipe), plansOf(bundle.recipe)];
  const isSame = plans.length === plansThen.length && plans.every((plan, i) => isAlike(plan, plansThen[i]));
  if (!isSame || bundle.weights.length !== plans.length) return null;
  const weights: Weights[] = [];
  for (const [i, { file, sha256: expected }] of bundle.weights.entries()) {
    const packed = await world.blobs.get(prefix + file);
    const unpacked = sha256(packed) === expected ? unpackWeights(plans[i], packed) : null;
    if (!unpacked) return null;
    weights.push(unpacked);
  }
  return { weights, pairs: await Dataset.pairs(bundle.datasetVersion, world) };
}

const plansOf = (recipe: Training.Recipe): NetworkPlan[] =>
  [locatorPlan(recipe), refinerPlan(recipe)].filter((plan) => plan !== null);

const isAlike = (a: NetworkPlan, b: NetworkPlan) =>
  a.patch === b.patch && a.base === b.base && a.levels === b.levels;

/** Share of today's training photos that the champion was trained on. */
function knownShare(then: readonly Dataset.Pair[], today: readonly Dataset.Pair[]): number {
  const photos = (pairs: readonly Dataset.Pair[]) =>
    pairs.filter(({ split }) => split === "train").map(({ photo }) => photo.sha256);
  const known = new Set(photos(then));
  const now = photos(today);
  return now.filter((photo) => known.has(photo)).length / Math.max(1, now.length);
}

function shortened(recipe: Training.Recipe, unknown: number): Training.Recipe {
  const [share, peak] = [Math.max(unknown, LEAST.share), Math.max(unknown, LEAST.peak)];
  const epochs = (count: number) => Math.max(1, Math.round(count * share));
  const { refiner, budgetSeconds } = recipe;
  return {
    ...recipe,
    // It is to fit photos of full size from the first step to the last: fewer epochs, of the same cost.
    epochs: epochs(costAhead(locatorPlan(recipe), recipe.epochs, [])),
    progressiveResizing: null,
    learningRate: recipe.learningRate * peak,
    budgetSeconds: budgetSeconds && budgetSeconds * share,
    refiner: refiner && {
      ...refiner,
      epochs: epochs(refiner.epochs),
      learningRate: refiner.learningRate * peak,
    },
  };
}
