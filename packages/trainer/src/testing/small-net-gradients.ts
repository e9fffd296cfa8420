// A program: prints the loss and every gradient of a small network on the backend it is told, as JSON.
import { seededRandom } from "@sluice/core/random";
import { type BackendName, loadBackend } from "../backend";
import { emptyBatch } from "../data/batch";
import { initialWeights } from "../network/weights";
import { firstSnapshot, makeLearner } from "../training/learner";

const { tf } = await loadBackend(process.argv[2] as BackendName);
const recipe = { size: 32, patch: 2 as const, base: 4, levels: 2 };
const random = seededRandom(3);
const batch = emptyBatch(3, recipe);
batch.input.forEach((_, i) => {
  batch.input[i] = random();
});
batch.target.forEach((_, i) => {
  batch.target[i] = random() < 0.3 ? 1 : 0;
});
const learner = makeLearner(tf, recipe, firstSnapshot(recipe, initialWeights(recipe, 5)));
const loss = learner.learn(batch, { learningRate: 0, weightDecay: 0 });
// After one step from zero the first moment is a tenth of the gradient.
const { firstMoments, statistics } = learner.snapshot();
process.stdout.write(
  `${JSON.stringify({ loss, gradient: [...firstMoments].map((v) => v * 10), statistics: [...statistics] })}\n`,
);
