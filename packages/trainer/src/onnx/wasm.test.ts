import { seededRandom } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { loadPredictorFromBlobs } from "@sluice/serving/predictor/index";
import type { Tensor4D } from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadBackend } from "../backend";
import { forwardInference } from "../network/inference";
import { toyRecipe } from "../testing/toy-recipe";
import { exportBundle } from "./index";
import { largestDifference, livedInWeights } from "./testing";

// A process has one backend, so this is a file of its own.
test("the exported file's logits are those of the wasm backend, too", async () => {
  const { tf } = await loadBackend("wasm");
  const recipe = toyRecipe({ size: 64, patch: 2, base: 4, levels: 3 });
  const weights = livedInWeights(recipe);
  const job = {
    runId: "toy-1",
    datasetVersion: "a".repeat(64),
    recipe,
    champion: null,
    codeCommit: "c0ffee",
  };
  const { blobs } = memoryWorld();
  await exportBundle({ weights: [weights], job, trainedAt: "2026-01-02T03:04:05.000Z" }, { blobs });
  const predictor = await loadPredictorFromBlobs("jobs/toy-1/bundle/", { blobs }, { threads: 1 });
  const planes = Float32Array.from({ length: 3 * 64 * 64 }, seededRandom(3));

  const answer = await predictor.networks[0](planes);
  const photo = tf.transpose(tf.tensor4d(planes, [1, 3, 64, 64]), [0, 2, 3, 1]) as Tensor4D;
  const own = await forwardInference(tf, weights, recipe, photo).data();

  expect(answer).toHaveLength(64 * 64);
  expect(largestDifference(answer, own)).toBeLessThan(1e-4);
  await predictor.close();
});
