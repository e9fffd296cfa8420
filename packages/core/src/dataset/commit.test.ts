import { expect, test } from "vitest";
import type { Blobs } from "../ports";
import { memoryWorld } from "../testing";
import { describe, storedKey } from "./files";
import * as Dataset from "./index";
import { drawnMask, drawnPhoto, uploaded, validatedBatch } from "./testing";

const commitPairs = async (
  world: ReturnType<typeof memoryWorld>,
  batch: string,
  pairs: Record<string, { seed: number; maskWidth?: number }>,
) => Dataset.commit({ batch: await validatedBatch(batch, pairs, world.blobs), runId: `run-${batch}` }, world);

test("the first batch is the first version", async () => {
  const world = memoryWorld();
  const answer = await commitPairs(world, "one", { b: { seed: 2 }, a: { seed: 1 } });

  expect(answer).toMatchObject({ parent: null, outcome: "committed", added: 2, relabelled: [], pairs: 2 });
  expect(await Dataset.head(world)).toEqual({ version: answer.version, sequence: 1 });
  const pairs = await Dataset.pairs(answer.version, world);
  expect(pairs.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(pairs[0]).toMatchObject({ width: 64, height: 64, orientation: 1, areaPx: 400, batch: "one" });
});

test("photos are kept as they came, masks as 0/255 PNG, both where DVC looks for them", async () => {
  const world = memoryWorld();
  const { version } = await commitPairs(world, "one", { a: { seed: 1 } });
  const [pair] = await Dataset.pairs(version, world);
  if (!pair) throw new Error("there is one pair");

  expect(await Dataset.bytes(pair.photo, world)).toEqual(await drawnPhoto(1));
  expect(await world.blobs.list("data/files/md5/")).toEqual(
    [pair.photo, pair.mask].map(({ md5 }) => `data/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`).sort(),
  );
});

test("a child holds the parent's pairs and the batch's; what is relabelled or rephotographed is told", async () => {
  const world = memoryWorld();
  const first = await commitPairs(world, "one", { a: { seed: 1 }, b: { seed: 2 }, c: { seed: 3 } });
  const second = await commitPairs(world, "two", {
    b: { seed: 2, maskWidth: 30 },
    c: { seed: 33 },
    d: { seed: 4 },
  });

  expect(second).toMatchObject({
    parent: first.version,
    added: 1,
    relabelled: ["b"],
    rephotographed: ["c"],
    pairs: 4,
  });
  const before = new Map((await Dataset.pairs(first.version, world)).map((pair) => [pair.id, pair]));
  const after = await Dataset.pairs(second.version, world);
  expect(after.map(({ id, batch }) => [id, batch])).toEqual([
    ["a", "one"],
    ["b", "two"],
    ["c", "two"],
    ["d", "two"],
  ]);
  for (const pair of after.slice(0, 3)) expect(pair.split).toBe(before.get(pair.id)?.split);
  expect(after.find(({ id }) => id === "b")?.areaPx).toBe(600);
});

test("a batch that the dataset holds already changes nothing", async () => {
  const world = memoryWorld();
  const first = await commitPairs(world, "one", { a: { seed: 1 }, b: { seed: 2 } });
  const again = await commitPairs(world, "two", { a: { seed: 1 } });
  expect(again).toEqual({ ...first, parent: first.version, outcome: "unchanged", added: 0 });
  expect(await Dataset.list(world)).toHaveLength(1);
});

test("a mask that another encoder wrote is no relabelling", async () => {
  const world = memoryWorld();
  const first = await commitPairs(world, "one", { a: { seed: 1 } });
  const batch = await validatedBatch("two", { a: { seed: 1 } }, world.blobs);
  const key = "reports/two/pairs.json";
  const valid = JSON.parse((await world.blobs.get(key)).toString());
  const other = await drawnMask(20, 20); // the same pixels, not as the dataset writes them
  valid.pairs[0].mask = describe(other);
  await world.blobs.put(storedKey(describe(other)), other);
  await world.blobs.put(key, JSON.stringify(valid));

  const again = await Dataset.commit({ batch, runId: "run-two" }, world);
  expect(describe(other).sha256).not.toBe((await Dataset.pairs(first.version, world))[0]?.mask.sha256);
  expect(again).toMatchObject({ outcome: "unchanged", version: first.version });
});

test("asked again, a run gets its answer, though the head has moved on", async () => {
  const world = memoryWorld();
  const first = await commitPairs(world, "one", { a: { seed: 1 } });
  const relabel = await commitPairs(world, "two", { a: { seed: 1, maskWidth: 30 } });
  await commitPairs(world, "three", { b: { seed: 2 } });

  expect(await Dataset.commit({ batch: "one", runId: "run-one" }, world)).toEqual(first);
  expect(await Dataset.commit({ batch: "two", runId: "run-two" }, world)).toEqual(relabel);
  expect(await Dataset.list(world)).toHaveLength(3);
});

test("also when there was nothing to do", async () => {
  const world = memoryWorld();
  await commitPairs(world, "one", { a: { seed: 1 } });
  const unchanged = await commitPairs(world, "again", { a: { seed: 1 } });
  await commitPairs(world, "two", { a: { seed: 1, maskWidth: 30 } });
  expect(await Dataset.commit({ batch: "again", runId: "run-again" }, world)).toEqual(unchanged);
});

test("a commit that died before it moved the head is done when it is asked again, or by the next", async () => {
  for (const next of ["one", "two"]) {
    const world = memoryWorld();
    const batch = await validatedBatch("one", { a: { seed: 1 } }, world.blobs);
    await validatedBatch("two", { b: { seed: 2 } }, world.blobs);
    const update = world.documents.update;
    world.documents.update = (key, schema, change) =>
      key === "dataset/head" ? Promise.reject(new Error("power cut")) : update(key, schema, change);
    await expect(Dataset.commit({ batch, runId: "run-one" }, world)).rejects.toThrow("power cut");
    world.documents.update = update;
    expect(await Dataset.head(world)).toBeUndefined();

    await Dataset.commit({ batch: next, runId: `run-${next}` }, world);
    const one = await Dataset.commit({ batch, runId: "run-one" }, world);
    expect(one).toMatchObject({ outcome: "committed", added: 1, parent: null });
    const history = await Dataset.list(world);
    expect(history.map((commit) => commit.batch)).toEqual(next === "one" ? ["one"] : ["one", "two"]);
  }
});

test("twenty commits at once: nothing is lost", async () => {
  const world = memoryWorld();
  const batches = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      validatedBatch(`batch-${i}`, { [`a${i}`]: { seed: i }, [`b${i}`]: { seed: 100 + i } }, world.blobs),
    ),
  );
  const answers = await Promise.all(
    batches.map((batch, i) => Dataset.commit({ batch, runId: `run-${i}` }, world)),
  );

  const head = await Dataset.head(world);
  expect(head?.sequence).toBe(20);
  expect(await Dataset.pairs(head?.version ?? "", world)).toHaveLength(40);
  expect(new Set(answers.map(({ version }) => version)).size).toBe(20);
  const history = await Dataset.list(world);
  expect(history.map(({ pairs }) => pairs)).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i + 2));
  expect(history.map(({ parent }) => parent)).toEqual([null, ...history.slice(0, 19).map((c) => c.version)]);
});

test("the same run twice at once commits once", async () => {
  const world = memoryWorld();
  const batch = await validatedBatch("one", { a: { seed: 1 } }, world.blobs);
  const request = { batch, runId: "run-one" };
  const [first, second] = await Promise.all([Dataset.commit(request, world), Dataset.commit(request, world)]);
  expect(second).toEqual(first);
  expect(await Dataset.list(world)).toHaveLength(1);
});

/** Counts what is read and written under a prefix. */
function counting(blobs: Blobs, prefix: string) {
  const counts = { reads: 0, writes: 0 };
  const counted: Blobs = {
    ...blobs,
    get: (key) => {
      if (key.startsWith(prefix)) counts.reads += 1;
      return blobs.get(key);
    },
    put: (key, body, options) => {
      if (key.startsWith(prefix)) counts.writes += 1;
      return blobs.put(key, body, options);
    },
  };
  return { counted, counts };
}

test("a commit touches only the shards that hold its ids", async () => {
  const world = memoryWorld();
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`pair-${i}`, { seed: i }]));
  await commitPairs(world, "many", many);
  // The SHA-256 of pair-7 starts with 68, that of late-2 with 27: two shards of 256.
  const batch = await validatedBatch(
    "few",
    { "pair-7": { seed: 7, maskWidth: 30 }, "late-2": { seed: 1_000 } },
    world.blobs,
  );
  const { counted, counts } = counting(world.blobs, "data/manifest/shards/");
  const answer = await Dataset.commit({ batch, runId: "run-few" }, { ...world, blobs: counted });

  expect(answer).toMatchObject({ added: 1, relabelled: ["pair-7"], pairs: 121 });
  expect(counts.writes).toBe(2);
  expect(counts.reads).toBeLessThanOrEqual(2);
});

test("a damaged photo or shard is noticed", async () => {
  const world = memoryWorld();
  const { version } = await commitPairs(world, "one", { a: { seed: 1 } });
  const [pair] = await Dataset.pairs(version, world);
  if (!pair) throw new Error("there is one pair");
  await world.blobs.put(Dataset.storedKey(pair.photo), "something else");
  await expect(Dataset.bytes(pair.photo, world)).rejects.toMatchObject({ code: "dataset.corrupt" });

  const [shard = ""] = await world.blobs.list("data/manifest/shards/");
  await world.blobs.put(shard, "[]");
  await expect(Dataset.pairs(version, world)).rejects.toMatchObject({ code: "dataset.corrupt" });
});

test("a batch that has not passed validation is not committed, nor one that changed since", async () => {
  const world = memoryWorld();
  await uploaded("raw", { "images/a.png": await drawnPhoto(1) }, world.blobs);
  await expect(Dataset.commit({ batch: "raw", runId: "run-1" }, world)).rejects.toMatchObject({
    code: "batch.rejected",
  });

  await validatedBatch("one", { a: { seed: 1 } }, world.blobs);
  await world.blobs.put("incoming/one/images/a.png", await drawnPhoto(9));
  await expect(Dataset.commit({ batch: "one", runId: "run-2" }, world)).rejects.toMatchObject({
    code: "batch.rejected",
    message: "images/a.png has changed since it was validated",
  });
  expect(await Dataset.head(world)).toBeUndefined();
});

test("a version is found by a prefix that only it has", async () => {
  const world = memoryWorld();
  const { version } = await commitPairs(world, "one", { a: { seed: 1 } });
  expect(await Dataset.show(version.slice(0, 8), world)).toMatchObject({ version, added: 1, pairs: 1 });
  await expect(Dataset.show("0".repeat(64), world)).rejects.toMatchObject({ code: "dataset.not_found" });
  await expect(Dataset.show("../head", world)).rejects.toMatchObject({ code: "dataset.not_found" });
  await expect(Dataset.pairs("0".repeat(64), world)).rejects.toMatchObject({ code: "dataset.not_found" });
});
