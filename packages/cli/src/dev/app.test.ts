import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnnounceAnswer } from "@sluice/control";
import * as Run from "@sluice/core/run/index";
import { openWorld } from "@sluice/local";
import { writeSamples } from "@sluice/samples";
import { afterEach, beforeEach, expect, test } from "vitest";
import yazl from "yazl";
import { heldRunner } from "../testing";
import { createDevApp } from "./app";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sluice-dev-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The API on a real home; runs are created but not executed. */
function openApp() {
  const world = openWorld({ home, codeCommit: "test" });
  return { world, app: createDevApp({ home, world, runner: heldRunner(world) }) };
}

const put = (body: string) => ({ method: "PUT", body });
const json = (body: unknown) => ({
  method: "POST",
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const post = (body?: unknown) => ({
  method: "POST",
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

test("a batch is announced, put here, and completed, which starts its run", async () => {
  const { world, app } = openApp();
  const files = [
    { name: "images/meter 1.jpg", bytes: 3 },
    { name: "masks/meter 1.png", bytes: 4 },
  ];
  const announce = async () =>
    (await (await app.request("/batches", json({ batch: "b1", files }))).json()) as AnnounceAnswer;
  const uploads = (await announce()).files.map(({ upload }) => upload?.url);
  expect(uploads).toEqual([
    "/uploads/incoming/b1/images/meter%201.jpg",
    "/uploads/incoming/b1/masks/meter%201.png",
  ]);

  expect((await app.request(uploads[0] ?? "", put("one"))).status).toBe(200);
  expect((await app.request(uploads[1] ?? "", put("too long"))).status).toBe(200);
  expect((await app.request("/batches/b1/complete", json({}))).status).toBe(409);
  expect((await announce()).files.map(({ upload }) => upload === null)).toEqual([true, false]);
  expect((await app.request(uploads[1] ?? "", put("mask"))).status).toBe(200);
  expect((await app.request("/batches/b1/complete", json({ masks: "threshold" }))).status).toBe(200);
  expect(await world.blobs.list("incoming/b1/")).toEqual([
    "incoming/b1/_SUCCESS",
    "incoming/b1/images/meter 1.jpg",
    "incoming/b1/masks/meter 1.png",
  ]);
  expect(await (await app.request("/runs/b1-1")).json()).toMatchObject({
    run: { id: "b1-1", masks: "threshold", outcome: null },
    history: [],
  });

  await Run.end("b1-1", "rejected", "no photos", world);
  expect((await app.request("/batches/b1/complete", json({}))).status).toBe(200);
  expect(await Run.list(world)).toHaveLength(1);
  expect((await app.request(uploads[0] ?? "", put("two"))).status).toBe(409);
});

test("a zip that was announced is put here, and completed", async () => {
  const { world, app } = openApp();
  const answer = await app.request("/batches", json({ batch: "b1", zip: { bytes: 3 } }));
  const { zip } = (await answer.json()) as AnnounceAnswer;
  expect((await app.request(zip?.url ?? "", put("zip"))).status).toBe(200);
  expect((await app.request("/batches/b1/complete", json({}))).status).toBe(200);
  expect(await world.blobs.list("incoming/")).toEqual(["incoming/b1.zip"]);
  expect((await Run.list(world)).map(({ id }) => id)).toEqual(["b1-1"]);
});

test("a zip is a whole batch", async () => {
  const { world, app } = openApp();
  const folder = join(home, "photos");
  await writeSamples(folder, { count: 1, seed: 1, size: { width: 60, height: 80 } });
  const zip = new yazl.ZipFile();
  zip.addFile(join(folder, "images", "meter_0001.jpg"), "images/meter_0001.jpg");
  zip.addFile(join(folder, "masks", "meter_0001.png"), "masks/meter_0001.png");
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);

  const answer = await app.request("/batches", { method: "POST", body });
  expect(answer.status).toBe(202);
  const { batch, runId } = (await answer.json()) as { batch: string; runId: string };
  expect(runId).toBe(`${batch}-1`);
  expect(await world.blobs.has(`incoming/${batch}/_SUCCESS`)).toBe(true);

  const broken = await app.request("/batches", { method: "POST", body: "no zip" });
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ error: { code: "input.unreadable" } });
});

test.each([
  "/uploads/models/1/model.json",
  "/uploads/incoming/b1/..%2F..%2Fx",
  "/uploads/incoming/b1",
  "/uploads/incoming/b1/_SUCCESS",
  "/uploads/incoming/_announced.zip",
  "/uploads/%zz",
])("%s is no place for uploads", async (path) => {
  const answer = await openApp().app.request(path, put("x"));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: "usage.invalid" } });
});

test.each<Record<string, string>>([
  { host: "evil.example" },
  { host: "localhost:4381", origin: "https://evil.example" },
  { host: "127.0.0.1:4381", origin: "http://127.0.0.1:9999" },
  { host: "localhost:4381", "sec-fetch-site": "cross-site" },
])("a request with %j is not from here", async (headers) => {
  const { world, app } = openApp();
  const answer = await app.request("/uploads/incoming/b1/images/a.jpg", { ...put("x"), headers });
  expect(answer.status).toBe(403);
  expect(await world.blobs.list("incoming/")).toEqual([]);
});

test("programs and pages of this machine are answered", async () => {
  const { app } = openApp();
  for (const host of ["localhost:4381", "127.0.0.1:4381", "[::1]:4381"]) {
    expect((await app.request("/runs", { headers: { host } })).status).toBe(200);
    expect((await app.request("/runs", { headers: { host, origin: `http://${host}` } })).status).toBe(200);
  }
});

test("errors have the status of their code", async () => {
  const { app } = openApp();
  const status = async (path: string, init = {}) => (await app.request(path, init)).status;
  expect(await status("/nowhere")).toBe(404);
  expect(await status("/runs/none-1")).toBe(404);
  expect(await status("/dataset/beef")).toBe(404);
  expect(await status("/models/1/rollback", post())).toBe(404);
  expect(await status("/models/x/rollback", post())).toBe(400);
  expect(await status("/batches/b1/runs", { method: "POST", body: "{" })).toBe(400);
  expect(await status("/batches/b1/runs", post({ masks: "guess" }))).toBe(400);
});

test("a run is stopped and gone on with", async () => {
  const { world, app } = openApp();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  expect((await app.request("/runs/b1-1/stop", post())).status).toBe(200);
  expect((await Run.get("b1-1", world)).outcome).toBe("stopped");
  expect((await app.request("/runs/b1-1/resume", post())).status).toBe(202);
  expect((await Run.get("b1-1", world)).outcome).toBeNull();
});
