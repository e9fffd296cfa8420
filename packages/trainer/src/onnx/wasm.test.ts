import { seededRandom } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { loadPredictorFromBlobs } from "@sluice/serving/predictor/index";
import type { Tensor4D } from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { loadBackend } from "../backend";
import { forwardInference } from "../network/inference";
import { toyRecipe } from "../testing/toy-recipe";
import { exportBundle } from "./index";
import { largestDifference, livedInWeights, sigmoid } from "./testing";

// A process has one backend, so this is a file of its own.
test("the exported file answers as the wasm backend does, too", async () => {
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
  const random = seededRandom(3);
  const picture = Uint8Array.from({ length: 64 * 64 * 3 }, () => 256 * random());

  const answer = await predictor.networks[0](picture);
  const photo = tf.div<Tensor4D>(tf.tensor4d(picture, [1, 64, 64, 3], "int32"), 255);
  const own = (await forwardInference(tf, weights, recipe, photo).data<"float32">()).map(sigmoid);

  expect(answer).toHaveLength(64 * 64);
  expect(largestDifference(answer, own)).toBeLessThan(2e-5);
  await predictor.close();
});
