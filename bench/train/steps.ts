// A program: steps.ts PLAN STEPS BACKEND prints the milliseconds of our training steps as JSON, as `peer.py step` does.
import { seededRandom } from "@sluice/core/random";
import { type BackendName, loadBackend } from "@sluice/trainer/backend/index";
import { emptyBatch } from "@sluice/trainer/data/batch";
import { initialWeights } from "@sluice/trainer/network/weights";
import { openReplicas, threadsEach } from "@sluice/trainer/replicas/index";
import { firstSnapshot, makeLearner } from "@sluice/trainer/training/learner";
import type { NetworkPlan } from "@sluice/trainer/training/network-plan";

const plan = JSON.parse(process.argv[2]) as NetworkPlan;
const backend = await loadBackend(process.argv[4] as BackendName, threadsEach(plan.replicas));
const replicas = await openReplicas(backend, plan.replicas);
const learner = makeLearner(replicas, plan, firstSnapshot(plan, initialWeights(plan, 1)));
const batch = emptyBatch(plan.batchSize, plan);
const random = seededRandom(1);
batch.input.forEach((_, i) => {
  batch.input[i] = random();
});
batch.target.forEach((_, i) => {
  batch.target[i] = random() > 0.9 ? 1 : 0;
});
const times: number[] = [];
for (let step = 0; step < Number(process.argv[3]); step++) {
  const started = performance.now();
  await learner.learn(batch, 1e-3);
  times.push(performance.now() - started);
}
console.log(JSON.stringify(times));
process.exit();
