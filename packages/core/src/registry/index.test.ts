import { describe, expect, test } from "vitest";
import { memoryWorld } from "../testing";
import * as Registry from "./index";

const model = (runId: string) => ({
  runId,
  datasetVersion: "d".repeat(64),
  codeCommit: "abc",
  bundleDigest: "b".repeat(64),
  dice: 0.9,
  iou: 0.85,
});
const first = { number: 1, judgedAgainst: null, reason: "first" };

async function worldWithModels(...runs: string[]) {
  const world = memoryWorld();
  for (const run of runs) await Registry.register(model(run), world);
  return world;
}

test("a run's model keeps its number when registered again", async () => {
  const world = await worldWithModels("run-1", "run-2", "run-1");
  const { models, challenger, champion } = await Registry.read(world);
  expect(models.map((m) => [m.number, m.runId, m.stage])).toEqual([
    [1, "run-1", "None"],
    [2, "run-2", "None"],
  ]);
  expect({ challenger, champion }).toEqual({ challenger: 2, champion: null });
});

describe("promotion", () => {
  test("moves the stages and is written down", async () => {
    const world = await worldWithModels("run-1", "run-2");
    await Registry.promote(first, world);
    const after = await Registry.promote({ number: 2, judgedAgainst: 1, reason: "better" }, world);
    expect(after).toMatchObject({ champion: 2, challenger: null });
    expect(after.models.map((m) => m.stage)).toEqual(["Archived", "Production"]);
    expect(after.changes.map((c) => [c.champion, c.previous, c.reason])).toEqual([
      [1, null, "first"],
      [2, 1, "better"],
    ]);
  });

  test("of two challengers judged against the same champion one wins", async () => {
    const world = await worldWithModels("run-1", "run-2", "run-3");
    await Registry.promote(first, world);
    await Registry.promote({ number: 2, judgedAgainst: 1, reason: "better" }, world);
    const second = Registry.promote({ number: 3, judgedAgainst: 1, reason: "better" }, world);
    await expect(second).rejects.toMatchObject({ code: "release.conflict" });
  });

  test("said again changes nothing", async () => {
    const world = await worldWithModels("run-1");
    await Registry.promote(first, world);
    expect((await Registry.promote(first, world)).changes).toHaveLength(1);
  });
});

test("rollback puts an earlier champion back, and refuses any other model", async () => {
  const world = await worldWithModels("run-1", "run-2", "run-3");
  await Registry.promote(first, world);
  await Registry.promote({ number: 2, judgedAgainst: 1, reason: "better" }, world);
  expect(await Registry.rollback({ number: 1, reason: "by hand" }, world)).toMatchObject({ champion: 1 });
  await expect(Registry.rollback({ number: 9, reason: "by hand" }, world)).rejects.toMatchObject({
    code: "model.not_found",
  });
  await expect(Registry.rollback({ number: 3, reason: "by hand" }, world)).rejects.toMatchObject({
    code: "model.never_promoted",
  });
});

test("rollback files a challenger that is on its way, also where the champion stays: it is not promoted any more", async () => {
  const world = await worldWithModels("run-1", "run-2");
  await Registry.promote(first, world);
  const after = await Registry.rollback({ number: 1, reason: "by hand" }, world);
  expect(after).toMatchObject({ champion: 1, challenger: null, models: { 1: { stage: "Archived" } } });
  const late = Registry.promote({ number: 2, judgedAgainst: 1, reason: "better" }, world);
  await expect(late).rejects.toMatchObject({ code: "release.conflict" });
});

test("a first champion that did not hold leaves none", async () => {
  const world = await worldWithModels("run-1");
  await Registry.promote(first, world);
  const after = await Registry.demote({ number: 1, to: null, reason: "smoke" }, world);
  expect(after.champion).toBeNull();
  expect(after.models[0]?.stage).toBe("Archived");
});
