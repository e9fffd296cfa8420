import * as Run from "@sluice/core/run/index";
import { expect, test } from "vitest";
import { openApp } from "../testing";

const PHOTO = "images/meter_1.jpg";
const MASK = "masks/meter_1.png";
const files = [
  { name: PHOTO, bytes: 3 },
  { name: MASK, bytes: 4 },
];

test("a batch is announced, sent and completed; its marker comes last", async () => {
  const { world, call } = openApp();
  const announced = await call("POST", "/batches", { batch: "b1", files });
  expect(announced).toMatchObject({
    status: 200,
    body: {
      batch: "b1",
      isComplete: false,
      files: [
        { name: PHOTO, upload: { method: "PUT", url: "/uploads/incoming/b1/images/meter_1.jpg" } },
        { name: MASK, upload: { method: "PUT", url: "/uploads/incoming/b1/masks/meter_1.png" } },
      ],
    },
  });
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "jpg");
  await world.blobs.put("incoming/b1/masks/meter_1.png", "mask");
  expect(await call("POST", "/batches/b1/complete")).toEqual({
    status: 200,
    body: { batch: "b1", isComplete: true },
  });
  expect(await world.blobs.has("incoming/b1/_SUCCESS")).toBe(true);
  expect((await call("POST", "/batches", { batch: "b1", files })).body).toEqual({
    batch: "b1",
    isComplete: true,
    files: [],
    zip: null,
  });
});

test("a batch that misses files is not completed, and what is missing is named", async () => {
  const { world, call } = openApp();
  await call("POST", "/batches", { batch: "b1", files });
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "longer");
  expect(await call("POST", "/batches/b1/complete")).toMatchObject({
    status: 409,
    body: {
      error: {
        code: "batch.incomplete",
        message:
          "Batch b1 is not complete: images/meter_1.jpg has 6 bytes instead of 3, masks/meter_1.png is missing",
      },
    },
  });
  expect(await world.blobs.has("incoming/b1/_SUCCESS")).toBe(false);
  const unannounced = await call("POST", "/batches/b2/complete");
  expect(unannounced).toMatchObject({ status: 409, body: { error: { code: "batch.incomplete" } } });
});

test("a large batch is announced in parts, and what is there already is not sent again", async () => {
  const { world, call } = openApp();
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "jpg");
  const first = await call("POST", "/batches", { batch: "b1", files: files.slice(0, 1) });
  expect(first.body.files).toEqual([{ name: PHOTO, upload: null }]);
  await call("POST", "/batches", { batch: "b1", files: files.slice(1) });
  expect((await call("POST", "/batches/b1/complete")).status).toBe(409);
  await world.blobs.put("incoming/b1/masks/meter_1.png", "mask");
  expect((await call("POST", "/batches/b1/complete")).status).toBe(200);
});

test("a file that was announced again counts as announced last", async () => {
  const { world, call } = openApp();
  await call("POST", "/batches", { batch: "b1", files: [{ name: PHOTO, bytes: 99 }] });
  world.clock.advance(1);
  await call("POST", "/batches", { batch: "b1", files: [{ name: PHOTO, bytes: 3 }] });
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "jpg");
  expect((await call("POST", "/batches/b1/complete")).status).toBe(200);
});

test("a batch without an id is given one that a run can be named after", async () => {
  const { call } = openApp();
  const one = (await call("POST", "/batches", { files })).body.batch;
  const other = (await call("POST", "/batches", { files })).body.batch;
  expect(one).toMatch(/^20260101000000-[0-9a-f]{6}$/);
  expect(other).not.toBe(one);
});

test("a zip is a batch too", async () => {
  const { world, call } = openApp();
  const { body } = await call("POST", "/batches", { batch: "b1", zip: { bytes: 10 } });
  expect(body).toMatchObject({ isComplete: false, files: [], zip: { url: "/uploads/incoming/b1.zip" } });
  expect((await call("POST", "/batches/b1/complete")).status).toBe(409);
  await world.blobs.put("incoming/b1.zip", "0123456789");
  expect((await call("POST", "/batches/b1/complete")).status).toBe(200);
  expect(await world.blobs.has("incoming/b1/_SUCCESS")).toBe(false);
});

test.each([
  ["another folder", { files: [{ name: "models/1/model.json", bytes: 3 }] }],
  ["a way out", { files: [{ name: "images/../../x", bytes: 3 }] }],
  ["the marker", { files: [{ name: "_SUCCESS", bytes: 3 }] }],
  ["junk", { files: [{ name: "images/.DS_Store", bytes: 3 }] }],
  ["too many bytes", { files: [{ name: PHOTO, bytes: 128 * 2 ** 20 + 1 }] }],
  ["no bytes", { files: [{ name: PHOTO, bytes: 0 }] }],
  ["too many at once", { files: Array.from({ length: 501 }, (_, i) => ({ name: `images/${i}`, bytes: 1 })) }],
  ["files and a zip", { files, zip: { bytes: 3 } }],
  ["neither", { batch: "b1" }],
  ["a batch outside", { batch: "../models", files }],
  ["a batch that no run can be named after", { batch: "B_1", files }],
  ["a zip that is too large", { zip: { bytes: 2 ** 30 + 1 } }],
])("%s cannot be announced", async (_, announcement) => {
  const { world, call } = openApp();
  const answer = await call("POST", "/batches", announcement);
  expect(answer).toMatchObject({ status: 400, body: { error: { code: "usage.invalid" } } });
  expect(await world.blobs.list("")).toEqual([]);
});

test("a batch has a limit, however it is announced", async () => {
  const { call } = openApp({ limits: { files: 1 } });
  expect((await call("POST", "/batches", { batch: "b1", files: files.slice(0, 1) })).status).toBe(200);
  const more = await call("POST", "/batches", { batch: "b1", files: files.slice(1) });
  expect(more).toMatchObject({
    status: 400,
    body: { error: { message: "Batch b1 would have 2 files, over 1" } },
  });
});

test("what was left behind goes into the batch", async () => {
  const { world, call } = openApp();
  await call("POST", "/batches", { batch: "b1", files: files.slice(0, 1) });
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "jpg");
  const refusals = [{ code: "unsafe_name", file: "images/a?b", message: "has control characters", hint: "" }];
  expect((await call("POST", "/batches/b1/complete", { refusals })).status).toBe(200);
  expect(JSON.parse((await world.blobs.get("incoming/b1/_REFUSED.json")).toString())).toEqual(refusals);
});

test("a batch of nothing but refusals is completed, to be rejected", async () => {
  const { world, call } = openApp();
  await call("POST", "/batches", { batch: "b1", files: [] });
  expect((await call("POST", "/batches/b1/complete")).status).toBe(200);
  expect(await world.blobs.has("incoming/b1/_SUCCESS")).toBe(true);
});

test("how masks are read is known to the run before the marker starts it", async () => {
  const { world, call } = openApp();
  await call("POST", "/batches", { batch: "b1", files: files.slice(0, 1) });
  await call("POST", "/batches/b1/complete", { masks: "threshold" });
  expect(await Run.list(world)).toEqual([]);
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "jpg");
  await call("POST", "/batches/b1/complete", { masks: "threshold" });
  expect(await Run.get("b1-1", world)).toMatchObject({ masks: "threshold", outcome: null });
});

test("a batch shows its runs and its report", async () => {
  const { world, call } = openApp();
  expect((await call("GET", "/batches/b1")).status).toBe(404);
  await call("POST", "/batches", { batch: "b1", files });
  expect((await call("GET", "/batches/b1")).body).toEqual({
    batch: "b1",
    isComplete: false,
    runs: [],
    report: null,
  });
  const started = await call("POST", "/batches/b1/runs", { masks: "threshold" });
  expect(started).toEqual({ status: 202, body: { runId: "b1-1" } });
  expect((await call("POST", "/batches/b1/runs")).body).toEqual({ runId: "b1-1" });
  const report = { batch: "b1", masks: "reject", pairs: 1, accepted: true, faults: [], warnings: [] };
  await world.blobs.put("reports/b1/report.json", JSON.stringify(report));
  expect((await call("GET", "/batches/b1")).body).toMatchObject({
    runs: [{ id: "b1-1", outcome: null }],
    report,
  });
});

test("where the bucket starts nothing, completing does", async () => {
  const completed: string[] = [];
  const { world, call } = openApp({ onComplete: async (batch) => void completed.push(batch) });
  await call("POST", "/batches", { batch: "b1", files: files.slice(0, 1) });
  await call("POST", "/batches/b1/complete");
  expect(completed).toEqual([]);
  await world.blobs.put("incoming/b1/images/meter_1.jpg", "jpg");
  await call("POST", "/batches/b1/complete");
  expect(completed).toEqual(["b1"]);
});
