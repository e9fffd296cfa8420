import { expect, test } from "vitest";
import { memoryWorld } from "../testing";
import * as Release from ".";

const canary = { model: 2, champion: 1, weight: 0.1, reason: "run b-1", by: "run b-1" };
async function serving() {
  const world = memoryWorld();
  await Release.full({ model: 1, reason: "run a-1", by: "run a-1" }, world);
  return world;
}

test("a canary goes out beside the champion, and all traffic follows or it is taken back", async () => {
  const world = await serving();
  await Release.canary(canary, world);
  expect(await Release.current(world)).toMatchObject({ champion: 1, canary: 2, weight: 0.1 });
  await Release.withdraw({ model: 2, reason: "5 of 20 requests failed" }, world);
  expect(await Release.current(world)).toMatchObject({ champion: 1, canary: null, weight: 0 });
  await Release.canary(canary, world);
  await Release.full({ model: 2, reason: "good" }, world);
  expect(await Release.current(world)).toMatchObject({ champion: 2, canary: null, weight: 0 });
});

test("saying it again changes nothing", async () => {
  const world = await serving();
  await Release.canary(canary, world);
  const first = await Release.current(world);
  world.clock.advance(1_000);
  await Release.canary(canary, world);
  expect(await Release.current(world)).toEqual(first);
  expect(await Release.withdraw({ model: 3, reason: "not out" }, world)).toEqual(first);
  expect(await Release.history(world)).toHaveLength(2);
});

test("beside another champion, or another canary, none goes out", async () => {
  const world = await serving();
  const conflict = { code: "release.conflict" };
  await expect(Release.canary({ ...canary, champion: 7 }, world)).rejects.toMatchObject(conflict);
  await Release.canary(canary, world);
  await expect(Release.canary({ ...canary, model: 3 }, world)).rejects.toMatchObject(conflict);
  expect(await Release.current(world)).toMatchObject({ champion: 1, canary: 2 });
});

test("every release is filed: what, who, why, when", async () => {
  const world = await serving();
  world.clock.advance(60_000);
  await Release.canary(canary, world);
  await Release.full({ model: 1, reason: "odd masks", by: "anna" }, world);
  const releases = await Release.history(world);
  expect(releases).toMatchObject([
    { number: 1, champion: 1, canary: null, by: "run a-1", previous: null },
    { number: 2, champion: 1, canary: 2, weight: 0.1, by: "run b-1" },
    { number: 3, champion: 1, canary: null, by: "anna", reason: "odd masks" },
  ]);
  expect(releases[1]!.at - releases[0]!.at).toBe(60_000);
});

test("writers at once leave one chain without a gap", async () => {
  const world = memoryWorld();
  await Promise.all([1, 2, 3, 4, 5].map((model) => Release.full({ model, reason: `model ${model}` }, world)));
  const releases = await Release.history(world);
  expect(releases.map((r) => r.number)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(releases.map((r) => r.champion)).size).toBe(5);
});

test.each(["release/log-00000002", "release/current"])("%s changed afterwards is noticed", async (key) => {
  const world = await serving();
  await Release.full({ model: 2, reason: "" }, world);
  await Release.full({ model: 3, reason: "" }, world);
  await world.documents.update(key, Release.Info, (was) => ({ ...was!, champion: 9 }));
  await expect(Release.history(world)).rejects.toMatchObject({ code: "document.invalid" });
});

test("what a process that died did not file is filed by the next release", async () => {
  const world = await serving();
  const dying = {
    ...world,
    documents: {
      ...world.documents,
      update: ((key, schema, change) =>
        key === "release/log-00000002"
          ? Promise.reject(new Error("killed"))
          : world.documents.update(key, schema, change)) as typeof world.documents.update,
    },
  };
  await expect(Release.canary(canary, dying)).rejects.toThrow("killed");
  expect((await Release.history(world)).map((r) => r.number)).toEqual([1, 2]);
  await Release.full({ model: 2, reason: "good" }, world);
  expect(await world.documents.list("release/log-")).toHaveLength(3);
  expect((await Release.history(world)).map((r) => r.canary)).toEqual([null, 2, null]);
});
