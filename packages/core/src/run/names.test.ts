import { describe, expect, test } from "vitest";
import { RunId } from "../ids";
import { memoryWorld } from "../testing";
import * as Run from "./index";
import { attemptOf, stemOf } from "./names";

describe("the stem of a batch's runs", () => {
  test.each(["3f9c2a1b04de", "autumn-1", "0", "a".repeat(64)])("%s is taken as it is", (batch) => {
    expect(stemOf(batch)).toBe(batch);
  });

  test("a name that a person gave is cleaned, and stays apart from others", () => {
    expect(stemOf("Data_2026.11")).toMatch(/^data-2026-11-[0-9a-f]{8}$/);
    const names = ["Data", "data", "DATA", "data.", "data_", "d-ata", "a".repeat(65), "a".repeat(120)];
    expect(new Set(names.map(stemOf)).size).toBe(names.length);
  });

  test.each(["Data_2026.11", "A", "Z".repeat(120), `9${"._-".repeat(39)}`])(
    "%s gives an id that is valid, also as the name of an execution after 99 resumes",
    (batch) => {
      const id = `${stemOf(batch)}-9999`;
      expect(RunId.safeParse(id).success).toBe(true);
      expect(Run.executionName({ id, resumed: 99 })).toMatch(/^[a-z0-9-]{1,80}$/);
    },
  );
});

test.each([
  ["b1-1", "b1", 1],
  ["b1-12", "b1", 12],
  ["b1-1-1", "b1", undefined],
  ["b1-1-1", "b1-1", 1],
  ["b1-x", "b1", undefined],
  ["b10-1", "b1", undefined],
  ["b1", "b1", undefined],
])("%s is attempt of %s: %s", (id, stem, attempt) => {
  expect(attemptOf(id, stem)).toBe(attempt);
});

test("an execution is named as its run, then with how often it was resumed", () => {
  expect(Run.executionName({ id: "b1-1", resumed: 0 })).toBe("b1-1");
  expect(Run.executionName({ id: "b1-1", resumed: 3 })).toBe("b1-1-r3");
});

describe("opening a run", () => {
  test("the run of a batch under way is that run; the next is a new attempt", async () => {
    const world = memoryWorld();
    expect(await Run.open({ batch: "b1" }, world)).toMatchObject({ id: "b1-1", batch: "b1" });
    expect(await Run.open({ batch: "b1" }, world)).toMatchObject({ id: "b1-1" });
    await Run.end("b1-1", "kept", "not better", world);
    expect(await Run.open({ batch: "b1" }, world)).toMatchObject({ id: "b1-2" });
  });

  test("the batches b1 and b1-1 keep out of each other's way", async () => {
    const world = memoryWorld();
    expect(await Run.open({ batch: "b1-1" }, world)).toMatchObject({ id: "b1-1-1" });
    expect(await Run.open({ batch: "b1" }, world)).toMatchObject({ id: "b1-1" });
    expect(await Run.open({ batch: "b1-1" }, world)).toMatchObject({ id: "b1-1-1" });
  });

  test("a batch named by a person has runs, also where only its case differs from another's", async () => {
    const world = memoryWorld();
    const upper = await Run.open({ batch: "Data_2026.11" }, world);
    const lower = await Run.open({ batch: "data_2026.11" }, world);
    expect(upper).toMatchObject({
      batch: "Data_2026.11",
      id: expect.stringMatching(/^data-2026-11-\w{8}-1$/),
    });
    expect(lower.id).not.toBe(upper.id);
    expect(await Run.open({ batch: "Data_2026.11" }, world)).toEqual(upper);
  });

  test("a batch whose name is another's stem gets attempts of its own", async () => {
    const world = memoryWorld();
    const first = await Run.open({ batch: "Data" }, world);
    const other = await Run.open({ batch: stemOf("Data") }, world);
    expect(first.id).toBe(`${stemOf("Data")}-1`);
    expect(other.id).toBe(`${stemOf("Data")}-2`);
    expect(await Run.open({ batch: "Data" }, world)).toEqual(first);
    expect(await Run.open({ batch: stemOf("Data") }, world)).toEqual(other);
  });

  test("asked 20 times at once, there is one run", async () => {
    const world = memoryWorld();
    const runs = await Promise.all(Array.from({ length: 20 }, () => Run.open({ batch: "b1" }, world)));
    expect(new Set(runs.map((run) => run.id))).toEqual(new Set(["b1-1"]));
    expect(await Run.list(world)).toHaveLength(1);
  });
});

test("of two who reopen a run at once, one does", async () => {
  const world = memoryWorld();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  await Run.end("b1-1", "failed", "lost", world);
  const both = await Promise.all([Run.reopen("b1-1", world, 0), Run.reopen("b1-1", world, 0)]);
  expect(both.map((run) => run.resumed)).toEqual([1, 1]);
  expect(await Run.reopen("b1-1", world, 1)).toMatchObject({ resumed: 2 });
});
