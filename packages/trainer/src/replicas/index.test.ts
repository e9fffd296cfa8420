import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backend, loadBackend } from "../backend";
import { emptyBatch } from "../data/batch";
import { initialWeights } from "../network/weights";
import { brightExamples } from "../testing/bright-rectangle";
import { toyRecipe } from "../testing/toy-recipe";
import { firstSnapshot, makeLearner, type Snapshot } from "../training/learner";
import { locatorPlan } from "../training/network-plan";
import { openReplicas, type Replica, threadsEach } from ".";

const plan = locatorPlan(toyRecipe({ replicas: 2 }));
const from = firstSnapshot(plan, initialWeights(plan, 1));
const batch = emptyBatch(4, plan);
brightExamples(4, plan, 1).fill(batch, [0, 1, 2, 3], null);

let backend: Backend;
let replicas: Replica[];
beforeAll(async () => {
  backend = await loadBackend("auto");
  replicas = await openReplicas(backend, 2, 2);
});
afterAll(() => {
  for (const replica of replicas) replica.close();
});

function expectAlike(a: Snapshot, b: Snapshot): void {
  const apart = (part: "parameters" | "firstMoments" | "statistics") =>
    Math.max(...a[part].map((value, i) => Math.abs(value - b[part][i])));
  expect(apart("firstMoments")).toBeLessThan(1e-5);
  expect(apart("statistics")).toBeLessThan(1e-5);
}

async function afterOneStep(replicas: readonly Replica[], plan_ = plan) {
  const learner = makeLearner(replicas, plan_, from);
  const loss = await learner.learn(batch, 0.01);
  return { loss, now: learner.snapshot(), logits: await learner.predict(batch) };
}

describe("two replicas", () => {
  test("learn and predict what one does that computes both parts", async () => {
    const [alone] = replicas;
    const [one, two] = [await afterOneStep([alone]), await afterOneStep(replicas)];
    expect(two.loss).toBeCloseTo(one.loss, 5);
    expectAlike(two.now, one.now);
    expect(two.logits).toHaveLength(4 * 32 * 32);
    expect(Math.max(...two.logits.map((logit, i) => Math.abs(logit - one.logits[i])))).toBeLessThan(1e-3);
  });

  test("take more parts than they are, one after the other", async () => {
    const many = locatorPlan(toyRecipe({ replicas: 5 }));
    const eleven = emptyBatch(11, many);
    brightExamples(11, many, 2).fill(eleven, [...Array(11).keys()], null);
    const [alone] = replicas;
    const [one, two] = [makeLearner([alone], many, from), makeLearner(replicas, many, from)];
    expect(await two.learn(eleven, 0.01)).toBeCloseTo(await one.learn(eleven, 0.01), 5);
    expectAlike(two.snapshot(), one.snapshot());
  });

  test("whose parts are alike learn what one part says", async () => {
    const half = batch.input.length / 2;
    const twice = { ...batch, input: batch.input.slice(), target: batch.target.slice() };
    twice.input.copyWithin(half, 0, half);
    twice.target.copyWithin(half / 3, 0, half / 3);
    const once = {
      input: twice.input.subarray(0, half),
      target: twice.target.subarray(0, twice.target.length / 2),
      inputShape: [2, 32, 32, 3],
      targetShape: [2, 32, 32, 1],
    } satisfies typeof batch;

    const [both, part] = [makeLearner(replicas, plan, from), makeLearner(replicas, plan, from)];
    expect(await both.learn(twice, 0.01)).toBeCloseTo(await part.learn(once, 0.01), 5);
    expectAlike(both.snapshot(), part.snapshot());
  });

  test("hand on a loss that is no number", async () => {
    const broken = { ...from, parameters: new Float32Array(from.parameters.length).fill(Number.NaN) };
    const slope = slopeOf(broken);
    await replicas[1].differentiate(plan, broken, batch, slope);
    expect(slope.loss).toBeNaN();
  });
});

test("there are no more of them than cores, and they share these equally", async () => {
  expect(await openReplicas(backend, 2, 1)).toHaveLength(1);
  expect([1, 2, 3, 8].map((cores) => threadsEach(2, cores))).toEqual([1, 1, 1, 4]);
  expect(threadsEach(1, 2)).toBe(2);
});

test("one whose process is killed says so, and leaves no file", async () => {
  const before = sharedFiles();
  const [, other] = await openReplicas(backend, 2, 2);
  expect(sharedFiles()).toEqual(before);
  const answer = other.differentiate(plan, from, batch, slopeOf(from));
  other.close(); // kills it
  await expect(answer).rejects.toMatchObject({
    code: "training.failed",
    message: expect.stringContaining("SIGKILL"),
  });
});

const slopeOf = ({ parameters, statistics }: Snapshot) => ({
  loss: 0,
  gradient: new Float32Array(parameters.length),
  statistics: new Float32Array(statistics.length),
});
const sharedFiles = () =>
  fs.existsSync("/dev/shm") ? fs.readdirSync("/dev/shm").filter((name) => name.startsWith("sluice-")) : [];
