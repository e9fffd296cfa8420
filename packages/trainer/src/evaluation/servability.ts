import { type Blobs, type Dataset, Photo, type Training } from "@sluice/core";
import { createApp } from "@sluice/serving/app/index";
import {
  loadPredictorFromBlobs,
  look,
  maskOf,
  type Network,
  type Networks,
} from "@sluice/serving/predictor/index";
import type { Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import { forwardInference } from "../network/inference";
import type { Weights } from "../network/weights";
import { locatorPlan, type NetworkPlan, refinerPlan } from "../training/network-plan";
import { percentile } from "./report";
import { readPhoto } from "./test-split";

const PHOTOS = 8;

/**
 * Rule 4 of the gate: the challenger, read afresh from its bundle, answers real photos in the serving app as the
 * trainer's own network does. Never throws for what the app or the model does: that is the answer's `error`.
 *
 * @param input.prefix where the bundle lies. @param input.pairs the test split
 */
export async function measureServability(
  input: { prefix: string; recipe: Training.Recipe; weights: Weights[]; pairs: Dataset.Pair[]; tf: Tf },
  world: { blobs: Blobs },
): Promise<Training.Servability> {
  const photos = spread(input.pairs, PHOTOS);
  const networks = ownNetworks(input);
  const agreements: number[] = [];
  const latencies: number[] = [];
  const answer = (error: string | null): Training.Servability => ({
    photos: agreements.length,
    agreement: agreements.length > 0 ? Math.min(...agreements) : 0,
    latencyMsP95: percentile(latencies, 0.95),
    error,
  });
  try {
    const predictor = await loadPredictorFromBlobs(input.prefix, world);
    try {
      await predictor.warmUp();
      const app = createApp({ model: () => ({ number: 1, predictor }) });
      for (const pair of photos) {
        const photo = await readPhoto(pair, world);
        const started = performance.now();
        const response = await app.request("/predict", {
          method: "POST",
          body: new Uint8Array(photo),
          headers: { accept: "image/png" },
        });
        const body = Buffer.from(await response.arrayBuffer());
        latencies.push(performance.now() - started);
        if (response.status !== 200) return answer(`${pair.id}: ${response.status} ${body.toString("utf8")}`);
        const served = await Photo.maskPixels(body, `the served mask of ${pair.id}`);
        const own = await look(await Photo.view(photo, pair.id), predictor.bundle, networks);
        agreements.push(share(served, pair, maskOf(own)));
      }
    } finally {
      await predictor.close();
    }
    return answer(null);
  } catch (error) {
    return answer(error instanceof Error ? error.message : String(error));
  }
}

/** The trainer's own networks, in its tensor library, which look as the served ones do. */
function ownNetworks({
  tf,
  weights,
  recipe,
}: {
  tf: Tf;
  weights: Weights[];
  recipe: Training.Recipe;
}): Networks {
  const network =
    (plan: NetworkPlan, weights: Weights): Network =>
    async (pictures) => {
      const shape: [number, number, number, number] = [-1, plan.height, plan.width, 3];
      const probabilities = tf.tidy(() => {
        const photos = tf.tensor1d(pictures, "int32").reshape<Tensor4D>(shape).div<Tensor4D>(255);
        return tf.sigmoid(forwardInference(tf, weights, plan, photos));
      });
      const values = (await probabilities.data()) as Float32Array;
      probabilities.dispose();
      return values;
    };
  const second = refinerPlan(recipe);
  const first = network(locatorPlan(recipe), weights[0]);
  return second ? [first, network(second, weights[1])] : [first];
}

/** Share of equal pixels, 0..1; 0 when the sizes differ. */
function share(served: Photo.Pixels, { width, height }: Dataset.Pair, own: Uint8Array): number {
  if (served.width !== width || served.height !== height) return 0;
  const differing = own.reduce((sum, v, i) => sum + Number((v !== 0) !== (served.data[i] !== 0)), 0);
  return 1 - differing / own.length;
}

/** Up to `count` of a list, evenly over all of it. */
export function spread<T>(list: readonly T[], count: number): T[] {
  const taken = Math.min(count, list.length);
  return Array.from({ length: taken }, (_, i) => list[Math.floor((i * list.length) / taken)]);
}
