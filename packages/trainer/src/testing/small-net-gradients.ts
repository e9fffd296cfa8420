// A program: prints the loss and every gradient of a small network on the backend it is told, as JSON.
import { seededRandom } from "@sluice/core/random";
import { type BackendName, loadBackend } from "../backend";
import { emptyBatch } from "../data/batch";
import { initialWeights } from "../network/weights";
import { inProcess } from "../replicas";
import { firstSnapshot, makeLearner } from "../training/learner";
import { locatorPlan } from "../training/network-plan";
import { toyRecipe } from "./toy-recipe";

const { tf } = await loadBackend(process.argv[2] as BackendName);
const plan = locatorPlan(toyRecipe({ patch: 2, weightDecay: 0 }));
const random = seededRandom(3);
const batch = emptyBatch(3, plan);
batch.input.forEach((_, i) => {
  batch.input[i] = random();
});
batch.target.forEach((_, i) => {
  batch.target[i] = random() < 0.3 ? 1 : 0;
});
const learner = makeLearner([inProcess(tf)], plan, firstSnapshot(plan, initialWeights(plan, 5)));
const loss = await learner.learn(batch, 0);
// After one step from zero the first moment is a tenth of the gradient.
const { firstMoments, statistics } = learner.snapshot();
process.stdout.write(
  `${JSON.stringify({ loss, gradient: [...firstMoments].map((v) => v * 10), statistics: [...statistics] })}\n`,
);
