import { expect, test } from "vitest";
import * as z from "zod";
import { memoryWorld } from "../testing";
import * as Run from "./index";

const started = async () => {
  const world = memoryWorld();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  return world;
};

test("creating it again leaves it as it is", async () => {
  const world = await started();
  await Run.note("b1-1", { model: 4 }, world);
  expect(await Run.create({ id: "b1-1", batch: "b1" }, world)).toMatchObject({ model: 4 });
  await expect(Run.get("nope", world)).rejects.toMatchObject({ code: "run.not_found" });
  await expect(Run.get("../etc", world)).rejects.toMatchObject({ code: "run.not_found" });
  await expect(Run.note("../etc", {}, world)).rejects.toMatchObject({ code: "run.not_found" });
});

test("a step is done once, and answers the same when asked again", async () => {
  const world = await started();
  let calls = 0;
  const step = () =>
    Run.once("b1-1", "count", z.number(), world, async () => {
      calls++;
      return { result: calls, facts: { dice: 0.5 } };
    });
  expect([await step(), await step(), calls]).toEqual([1, 1, 1]);
  expect(await Run.get("b1-1", world)).toMatchObject({ dice: 0.5, steps: { count: 1 } });
});

test("a step that fails is not recorded", async () => {
  const world = await started();
  const failing = Run.once("b1-1", "count", z.number(), world, async () => {
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect((await Run.get("b1-1", world)).steps).toEqual({});
});

test("the first end counts", async () => {
  const world = await started();
  await Run.end("b1-1", "kept", "not better", world);
  await Run.end("b1-1", "failed", "late", world);
  expect(await Run.get("b1-1", world)).toMatchObject({ outcome: "kept", summary: "not better" });
});

test("failed runs open again, ended ones do not", async () => {
  const world = await started();
  await Run.end("b1-1", "failed", "lost", world, { error: { code: "host.lost", message: "lost", hint: "" } });
  expect(await Run.reopen("b1-1", world)).toMatchObject({ outcome: null, error: null, resumed: 1 });
  await Run.end("b1-1", "promoted", "better", world);
  await expect(Run.reopen("b1-1", world)).rejects.toMatchObject({ code: "run.not_resumable" });
});

test("a run judged against a champion that has gone does not open again", async () => {
  const world = await started();
  const error = { code: "release.conflict", message: "another champion", hint: "" };
  await Run.end("b1-1", "failed", "another champion", world, { error });
  await expect(Run.reopen("b1-1", world)).rejects.toMatchObject({
    code: "run.not_resumable",
    hint: "Push its batch again: a new run is judged anew.",
  });
});

test.each([
  ["promoted", true],
  ["kept", true],
  ["rolled_back", true],
  ["failed", false],
  ["stopped", false],
  ["superseded", false],
  ["unchanged", false],
] as const)("a dataset version whose run was %s is judged: %s", async (outcome, isJudged) => {
  const world = await started();
  const version = "d".repeat(64);
  await Run.note("b1-1", { datasetVersion: version }, world);
  expect(await Run.isJudged(version, world)).toBe(false);
  await Run.end("b1-1", outcome, "", world);
  expect(await Run.isJudged(version, world)).toBe(isJudged);
  expect(await Run.isJudged("e".repeat(64), world)).toBe(false);
});

test("runs are listed oldest first", async () => {
  const world = await started();
  world.clock.advance(1000);
  await Run.create({ id: "a0-1", batch: "a0" }, world);
  expect((await Run.list(world)).map((run) => run.id)).toEqual(["b1-1", "a0-1"]);
});
