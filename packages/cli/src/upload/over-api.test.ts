import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromFolder } from "@sluice/core/batch/index";
import * as Run from "@sluice/core/run/index";
import { openWorld } from "@sluice/local";
import { writeSamples } from "@sluice/samples";
import { afterEach, beforeEach, expect, test } from "vitest";
import { controlClient } from "../dev/client";
import { startDevServer } from "../dev/server";
import { heldRunner } from "../testing";
import { runThatBegins } from "./begun";
import { pushOverApi } from "./over-api";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-over-api-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The API of a home on a port of its own, and pairs to push. */
async function setUp() {
  const home = join(folder, "home");
  const world = openWorld({ home, codeCommit: "test" });
  const server = await startDevServer({ home, world, runner: heldRunner(world) }, 0);
  const photos = join(folder, "photos");
  await writeSamples(photos, { count: 2, seed: 1, size: { width: 60, height: 80 } });
  return { world, server, photos, client: controlClient(server.url) };
}

test("a batch goes over the API as it would go straight into the bucket", async () => {
  const { world, server, photos, client } = await setUp();
  await writeFile(join(photos, "images", "bad\u0007name.jpg"), "x");
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const source = { ...(await fromFolder(photos)), origin: { commit } };
  const seen: number[] = [];
  const options = { masks: "threshold", onFile: (done: number) => void seen.push(done) } as const;
  try {
    const { runId } = await pushOverApi(source, client, options);
    expect(runId).toBe(`${source.batch}-1`);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(await Run.get(runId, world)).toMatchObject({ masks: "threshold", outcome: null });
    const prefix = `incoming/${source.batch}/`;
    const names = (await world.blobs.list(prefix)).map((key) => key.slice(prefix.length));
    expect(names).toEqual([
      "_ORIGIN.json",
      "_REFUSED.json",
      "_SUCCESS",
      "images/meter_0001.jpg",
      "images/meter_0002.jpg",
      "masks/meter_0001.png",
      "masks/meter_0002.png",
    ]);
    expect((await client.sight(runId)).run.id).toBe(runId);

    await Run.end(runId, "rejected", "a bad name", world);
    const again = await pushOverApi(source, client, options);
    expect(again).toEqual({ runId: `${source.batch}-2` });
  } finally {
    await server.close();
  }
});

test("what the API refuses, and an API that is not there, are told", async () => {
  const { server, client } = await setUp();
  await expect(client.sight("none-1")).rejects.toMatchObject({ code: "run.not_found" });
  expect(await client.batch("none")).toBeUndefined();
  await server.close();
  await expect(client.sight("none-1")).rejects.toMatchObject({ code: "serving.unreachable" });
});

test("a batch whose run never begins says so", async () => {
  const before = [{ id: "b1-1", outcome: "kept" }] as const;
  const never = runThatBegins("b1", before, async () => [...before], 20);
  await expect(never).rejects.toMatchObject({ code: "run.not_found" });
  const next = [...before, { id: "b1-2", outcome: "rejected" } as const];
  expect(await runThatBegins("b1", before, async () => next, 20)).toEqual({ runId: "b1-2" });
});
