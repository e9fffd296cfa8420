import { memoryWorld } from "@sluice/core/testing/index";
import { beforeAll, describe, expect, test } from "vitest";
import { loadBackend, type Tf } from "../backend";
import { emptyBatch } from "../data/batch";
import type { Examples } from "../data/examples";
import { initialWeights, weightsDigest } from "../network/weights";
import { inProcess, type Replica } from "../replicas";
import { brightExamples } from "../testing/bright-rectangle";
import { toyRecipe } from "../testing/toy-recipe";
import { checkpoints } from "./checkpoint";
import { isOver } from "./course";
import { firstSnapshot, makeLearner } from "./learner";
import { locatorPlan } from "./network-plan";
import { planEpochs } from "./plan-epochs";
import { train } from "./train";

const plan = (changes: Parameters<typeof toyRecipe>[0] = {}) => locatorPlan(toyRecipe(changes));
const shape = { width: 32, height: 32, patch: 1 };
const splits = { train: brightExamples(24, shape, 1), validation: brightExamples(8, shape, 2) };
let tf: Tf;
let replicas: Replica[];
beforeAll(async () => {
  tf = (await loadBackend("auto")).tf;
  replicas = [inProcess(tf)];
});

test("it learns to find a bright rectangle", async () => {
  const { bestDice, bestEpoch, records } = await train(replicas, plan({ base: 8, epochs: 12 }), splits);
  expect(bestDice).toBeGreaterThan(0.9);
  expect(records.map((r) => r.epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(records[bestEpoch - 1].validationDice).toBe(bestDice);
  expect(Math.max(...records.map((r) => r.validationDice))).toBe(bestDice);
});

test("with blocks folded into channels as well", async () => {
  const folded = { ...shape, patch: 2 };
  const splits = { train: brightExamples(24, folded, 1), validation: brightExamples(8, folded, 2) };
  const { bestDice } = await train(replicas, plan({ patch: 2, base: 8, epochs: 24 }), splits);
  expect(bestDice).toBeGreaterThan(0.9);
});

describe("checkpoints", () => {
  test("a training stopped in any epoch goes on to the same weights", async () => {
    const short = plan({ epochs: 3 });
    const whole = await train(replicas, short, splits);

    for (const stoppedIn of [1, 2, 3]) {
      const store = checkpoints("jobs/x/checkpoint/", "x", memoryWorld());
      const stop = new AbortController();
      const stopped = train(replicas, short, splits, {
        ...store,
        signal: stop.signal,
        onStep: ({ epoch, fraction }) => {
          if (epoch === stoppedIn && fraction > 0.4) stop.abort(new Error("stopped here"));
        },
      });
      await expect(stopped).rejects.toThrow("stopped here");

      const epochs: number[] = [];
      const resumed = await train(replicas, short, splits, {
        ...store,
        onEpoch: (record) => epochs.push(record.epoch),
      });
      expect(epochs).toEqual([1, 2, 3].slice(stoppedIn - 1));
      expect(weightsDigest(resumed.weights)).toBe(weightsDigest(whole.weights));
    }
  });

  test("also where the first epochs see smaller photos, which the last ones do not", async () => {
    const resized = plan({ epochs: 4, progressiveResizing: { scale: 0.5, share: 0.5 } });
    const small = brightExamples(24, { width: 16, height: 16, patch: 1 }, 1);
    const seen: string[] = [];
    const watched = (name: string, examples: Examples): Examples => ({
      count: examples.count,
      fill(batch, indices, drawn) {
        if (drawn) seen.push(`${drawn.epoch} ${name}`);
        examples.fill(batch, indices, drawn);
      },
    });
    const both = { ...splits, train: watched("full", splits.train), early: watched("small", small) };
    const whole = await train(replicas, resized, both);
    expect([...new Set(seen)]).toEqual(["1 small", "2 small", "3 full", "4 full"]);

    for (const stoppedAfter of [1, 2]) {
      const store = checkpoints("jobs/x/checkpoint/", "x", memoryWorld());
      const stop = new AbortController();
      const onEpoch = ({ epoch }: { epoch: number }) => {
        if (epoch === stoppedAfter) stop.abort(new Error("stopped here"));
      };
      const stopped = train(replicas, resized, both, { ...store, signal: stop.signal, onEpoch });
      await expect(stopped).rejects.toThrow("stopped here");
      const resumed = await train(replicas, resized, both, store);
      expect(weightsDigest(resumed.weights)).toBe(weightsDigest(whole.weights));
    }
  });

  test("one training leaves one file and the pointer to it; another training's is not gone on from", async () => {
    const world = memoryWorld();
    const prefix = "jobs/x/checkpoint/";
    await train(replicas, plan({ epochs: 2 }), splits, checkpoints(prefix, "x", world));
    expect(await world.blobs.list(prefix)).toEqual([`${prefix}epoch-0002.bin`, `${prefix}latest.json`]);
    expect(await checkpoints(prefix, "another", world).load()).toBeNull();
    expect((await checkpoints(prefix, "x", world).load())?.records).toHaveLength(2);
  });

  test("a kill between the file and the pointer leaves the epoch before", async () => {
    const world = memoryWorld();
    const store = checkpoints("c/", "x", world);
    const now = firstSnapshot(plan(), initialWeights(plan(), 1));
    await store.save({ planned: 5, records: [], now, best: null });
    await world.blobs.put("c/epoch-0001.bin", "half of a fi");

    expect(await store.load()).toEqual({ planned: 5, records: [], now, best: null });
  });
});

describe("it ends early", () => {
  test("when patience is over", async () => {
    const { records, bestEpoch } = await train(replicas, plan({ epochs: 60, patience: 2 }), splits);
    expect(records.length).toBe(bestEpoch + 2);
    expect(records.length).toBeLessThan(60);
  });

  test("but epochs on smaller photos are none of those that are waited through", () => {
    const course = (early: number, full: number) => ({
      planned: 60,
      records: Array.from({ length: early + full }, (_, i) => ({
        ...{ epoch: i + 1, loss: 1, validationDice: 0.5, learningRate: 0.01, seconds: 1 },
        early: i < early,
      })),
      now: firstSnapshot(plan(), initialWeights(plan(), 1)),
      best: { epoch: 1, dice: 0.5, parameters: new Float32Array(), statistics: new Float32Array() },
    });
    expect(isOver(course(0, 3), 2)).toBe(true);
    expect(isOver(course(30, 1), 2)).toBe(false);
    expect(isOver(course(30, 2), 2)).toBe(true);
  });

  test("when the loss is no number", async () => {
    const broken = train(replicas, plan({ learningRate: 1e20 }), splits);
    await expect(broken).rejects.toMatchObject({ code: "training.diverged" });
  });

  test("with an error when the model finds no window at all", async () => {
    // The validation masks hold one pixel in the corner, where training has never shown any.
    const cornered: Examples = {
      count: splits.validation.count,
      fill(batch, indices, drawn) {
        splits.validation.fill(batch, indices, drawn);
        batch.target.forEach((_, i) => {
          batch.target[i] = i % (32 * 32) === 0 ? 1 : 0;
        });
      },
    };
    const blind = train(replicas, plan({ epochs: 2 }), { train: splits.train, validation: cornered });
    await expect(blind).rejects.toMatchObject({
      code: "training.collapsed",
      message: expect.stringContaining("After 2 epochs the model still finds no window"),
    });
  });
});

describe("the budget", () => {
  test("cuts the epochs to what fits, by the time that steps take", async () => {
    // A clock on which each look takes a second: start, 8 steps in 1 s, a validation batch in 1 s, the end.
    let at = 0;
    const now = () => 1_000 * at++;
    const from = firstSnapshot(plan(), initialWeights(plan(), 1));
    const planned = await planEpochs(replicas, plan({ epochs: 60, budgetSeconds: 30 }), splits, from, now);
    // An epoch: 6 steps of 1/8 s and 2 validation batches of 1 s. Left: 30 s * 0.93 - 5 s.
    expect(planned).toBe(Math.floor(22.9 / 2.75));
  });

  test("never leaves none", async () => {
    const from = firstSnapshot(plan(), initialWeights(plan(), 1));
    expect(await planEpochs(replicas, plan({ budgetSeconds: 0.001 }), splits, from)).toBe(1);
  });

  test("none: the recipe's epochs", async () => {
    const from = firstSnapshot(plan(), initialWeights(plan(), 1));
    expect(await planEpochs(replicas, plan({ epochs: 7 }), splits, from)).toBe(7);
  });
});

test("a step leaves no tensor behind", async () => {
  const learner = makeLearner(replicas, plan(), firstSnapshot(plan(), initialWeights(plan(), 1)));
  const batch = emptyBatch(4, plan());
  const before = tf.memory().numTensors;
  await learner.learn(batch, 1e-3);
  await learner.predict(batch);
  expect(tf.memory().numTensors).toBe(before);
});
