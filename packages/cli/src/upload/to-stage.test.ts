import { marker } from "@sluice/core/batch/keys";
import type { Source } from "@sluice/core/batch/source";
import { SluiceError } from "@sluice/core/errors";
import * as Run from "@sluice/core/run/index";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import type { Stage } from "../session/stage";
import { pushToStage } from "./to-stage";

const source: Source = { batch: "b1", digest: "", entries: [], refusals: [], close: () => {} };
const denied = new SluiceError("world.denied", "The role may not states:StartExecution", "Grant it.");

/** A stage to which the batch was brought before, and at which its user may not start runs. */
async function stageThatDenies() {
  const world = memoryWorld();
  await world.blobs.put(marker("b1"), "");
  const runs = { start: () => Promise.reject(denied) };
  return { ...world, runs } as unknown as Stage;
}
const push = (stage: Stage) => pushToStage(source, stage, { onFile: () => {} });

test("a batch that is there already is its latest run for whoever may only upload", async () => {
  const stage = await stageThatDenies();
  await Run.create({ id: "b1-1", batch: "b1" }, stage);
  await Run.end("b1-1", "rejected", "faults", stage);
  expect(await push(stage)).toEqual({ runId: "b1-1" });
});

test("without a run of it, that is an error", async () => {
  await expect(push(await stageThatDenies())).rejects.toBe(denied);
});
