import { type Bundle, Photo } from "@sluice/core";
import { RECIPES } from "@sluice/core/training/recipes";
import { drawSamples } from "@sluice/samples";
import { look, type Network, type Networks, networkOf } from "@sluice/serving/predictor/index";
import { openSession } from "@sluice/serving/predictor/runtime";
import { initialWeights } from "@sluice/trainer/network/weights";
import { encodeModel } from "@sluice/trainer/onnx/schema";
import { unetGraph } from "@sluice/trainer/onnx/unet";
import { locatorPlan, type NetworkPlan, refinerPlan } from "@sluice/trainer/training/network-plan";
import { median, spread } from "../statistics";

// npm run bench:inference: from a decoded photo to its mask, by the default recipe's networks and by the reference's
// one U-Net, in the same onnxruntime, in turn. Weights are fresh: time does not depend on them, but what a locator
// finds does, so ours is given a locator's answer that always finds a window.
const ROUNDS = 40;
const THREADS = 2;

const { default: ours, reference } = RECIPES;
const locator = locatorPlan(ours);
const refiner = refinerPlan(ours);
if (!refiner) throw new Error("the default recipe has no refiner");
const view = await drawnView();
const [located, refined, whole] = await Promise.all([locator, refiner, locatorPlan(reference)].map(network));
// A close-up's first answer lies off its middle and the second in it: two looks, as most real photos take.
const margins = ours.refiner ?? { along: 1, across: 1 };
const closeUps = [bar(refiner, 0.1), bar(refiner, 0)];
let looks = 0;
const own: Networks = [
  answering(located, () => bar(locator, 0, { along: 2.5, across: 12 })),
  answering(refined, () => closeUps[looks++ % closeUps.length]),
];

const times = { ours: [] as number[], reference: [] as number[] };
for (let round = -3; round < ROUNDS; round++) {
  const [mine, theirs] = [await timed(own, stages(true)), await timed([whole], stages(false))];
  if (round < 0) continue; // warming up
  times.ours.push(mine);
  times.reference.push(theirs);
}
const ratios = times.ours.map((ms, i) => ms / times.reference[i]);
console.log(
  `ours ${median(times.ours).toFixed(1)} ms, reference ${median(times.reference).toFixed(1)} ms (medians)`,
);
console.log(`ours / reference: ${median(ratios).toFixed(3)} (${spread(ratios)})`);
process.exit();

/** Asks a network, and answers something else, the same for each picture. */
function answering(ask: Network, answers: () => Float32Array): Network {
  return async (pictures) => {
    const { length } = await ask(pictures);
    const answer = answers();
    return Float32Array.from({ length }, (_, i) => answer[i % answer.length]);
  };
}

async function timed(
  networks: Networks,
  bundle: Pick<Bundle.Bundle, "stages" | "threshold">,
): Promise<number> {
  const started = performance.now();
  await look(view, bundle, networks);
  return performance.now() - started;
}

async function network(plan: NetworkPlan): Promise<Network> {
  const model = encodeModel(unetGraph(initialWeights(plan, 1), plan), {});
  return networkOf(await openSession(model, "a fresh network", THREADS), plan);
}

function stages(isOurs: boolean): Pick<Bundle.Bundle, "stages" | "threshold"> {
  const file = { file: "x.onnx", sha256: "0".repeat(64), bytes: 1 };
  const side = { width: reference.size, height: reference.size };
  if (!isOurs || !ours.refiner || !refiner) {
    return { stages: [{ role: "segmenter", ...file, ...side }], threshold: 0.5 };
  }
  const { width, height } = refiner;
  return {
    stages: [
      { role: "locator", ...file, width: locator.width, height: locator.height },
      { role: "refiner", ...file, width, height, closeUp: ours.refiner },
    ],
    threshold: 0.5,
  };
}

/**
 * Probabilities, sure ones, of a bar that a picture shows so many times its length and breadth of, off the middle by a
 * share of the width.
 */
function bar({ width, height }: NetworkPlan, off: number, { along, across } = margins): Float32Array {
  const isInside = (i: number) =>
    Math.abs((i % width) - width * (0.5 + off)) < width / along / 2 &&
    Math.abs(Math.floor(i / width) - height / 2) < height / across / 2;
  return Float32Array.from({ length: width * height }, (_, i) => (isInside(i) ? 0.98 : 0));
}

async function drawnView(): Promise<Photo.View> {
  for await (const { photo, id } of drawSamples({ count: 1, seed: 1 })) return Photo.view(photo, id);
  throw new Error("nothing was drawn");
}
