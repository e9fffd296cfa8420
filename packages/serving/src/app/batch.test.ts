import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Predictor } from "../predictor";
import {
  appWith,
  failureOf,
  form,
  greyPhoto,
  predictingAfter,
  raw,
  redWindow,
  toyPredictor,
  zipped,
} from "../testing";
import type { LogEntry } from "./log";
import { BatchAnswer, BatchLine } from "./schemas";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

test("each photo gets its answer or its error, in order", async () => {
  const request = form(
    ["images", "a.jpg", await redWindow()],
    ["image", "folder/notes.txt", "just text"],
    ["images", "b.png", await greyPhoto()],
  );
  const response = await appWith(predictor).request("/batch-predict", request);

  expect(response.status).toBe(200);
  const answer = BatchAnswer.parse(await response.json());
  expect(answer.model_version).toBe(3);
  expect(answer.results.map(({ name }) => name)).toEqual(["a.jpg", "notes.txt", "b.png"]);
  expect(answer.results[0]).toMatchObject({ width: 480, height: 640, box: { width: expect.any(Number) } });
  expect(answer.results[1]).toEqual({
    name: "notes.txt",
    error: {
      code: "photo.unsupported",
      message: "notes.txt is text",
      hint: "Save it as JPEG, PNG or WebP; its name does not matter.",
    },
  });
  expect(answer.results[2]).toMatchObject({ width: 64, height: 48, box: null });
});

test("a photo over the limit is an error of its own", async () => {
  const app = appWith(predictor, { limits: { bodyBytes: 1_000 } });
  const big = new Uint8Array(1_001);
  const request = form(["images", "big.jpg", big], ["images", "b.png", await greyPhoto()]);
  const answer = BatchAnswer.parse(await (await app.request("/batch-predict", request)).json());
  expect(answer.results).toMatchObject([
    { name: "big.jpg", error: { code: "serving.body_too_large" } },
    { name: "b.png", box: null },
  ]);
});

test("one model answers the whole batch, held open until it is done", async () => {
  const events: string[] = [];
  let number = 7;
  const watched = predictingAfter(predictor, () => {
    events.push("predict");
    number = 8; // as if a new model took over in between
  });
  const hold = () => {
    events.push("hold");
    return () => void events.push("release");
  };
  const app = appWith(watched, { model: () => ({ number, predictor: watched, hold }) });
  const photo = await greyPhoto();
  const response = await app.request(
    "/batch-predict",
    form(["images", "a.png", photo], ["images", "b.png", photo]),
  );
  expect(await response.json()).toMatchObject({ model_version: 7 });
  expect(events).toEqual(["hold", "predict", "predict", "release"]);
});

test.each([
  [
    "too many photos",
    form(["images", "a", "x"], ["images", "b", "x"], ["images", "c", "x"]),
    413,
    "The request has 3 photos; the limit is 2",
  ],
  ["no photo", form(["other", "a", "x"]), 400, "The request has no photo"],
  ["no form", raw("x"), 415, "The body is image/jpeg, no form and no zip"],
  [
    "too many bytes",
    raw("x".repeat(3_000_000), "multipart/form-data; boundary=x"),
    413,
    "The request has more than 2 MB, which is the limit",
  ],
])("%s: the whole request is refused", async (_, request, status, message) => {
  const app = appWith(predictor, { limits: { batchPhotos: 2, batchBytes: 2_000_000 } });
  const response = await app.request("/batch-predict", request);
  expect(await failureOf(response)).toMatchObject({ status, message });
});

const asLines = (request: RequestInit): RequestInit => ({
  ...request,
  headers: { ...request.headers, Accept: "application/x-ndjson" },
});

function gate() {
  let open = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { isOpen, open };
}

test("NDJSON: a line for each photo as soon as it is done, with how far it is", async () => {
  const gates = [gate(), gate(), gate()];
  let asked = 0;
  const stepwise = predictingAfter(predictor, () => gates[asked++]?.isOpen);
  const entries: LogEntry[] = [];
  const app = appWith(stepwise, { logger: (entry) => entries.push(entry) });
  const photo = await redWindow();
  const response = await app.request(
    "/batch-predict",
    asLines(form(["images", "a.jpg", photo], ["images", "b.txt", "text"], ["images", "c.jpg", photo])),
  );
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => BatchLine.parse(JSON.parse((await reader?.read())?.value ?? ""));

  gates[0]?.open();
  expect(await read()).toMatchObject({
    index: 0,
    done: 1,
    total: 3,
    name: "a.jpg",
    model_version: 3,
    width: 480,
  });
  gates[1]?.open();
  expect(await read()).toMatchObject({
    index: 1,
    done: 2,
    total: 3,
    name: "b.txt",
    error: { code: "photo.unsupported" },
  });
  expect(entries).toEqual([]);
  gates[2]?.open();
  expect(await read()).toMatchObject({
    index: 2,
    done: 3,
    total: 3,
    name: "c.jpg",
    area_px: expect.any(Number),
  });
  expect(await reader?.read()).toEqual({ done: true, value: undefined });
  await vi.waitFor(() =>
    expect(entries).toEqual([
      expect.objectContaining({ status: 200, answered: 2, refused: 1, role: "champion" }),
    ]),
  );
});

test("a reader that goes away ends the work and frees its slot", async () => {
  let asked = 0;
  const counting = predictingAfter(predictor, () => asked++);
  const app = appWith(counting, { limits: { inFlight: 1 } });
  const photo = await greyPhoto();
  const many = form(
    ...Array.from({ length: 50 }, (_, i) => ["images", `${i}.png`, photo] as [string, string, typeof photo]),
  );
  const response = await app.request("/batch-predict", asLines(many));
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await vi.waitFor(async () =>
    expect((await app.request("/predict", raw(photo, "image/png"))).status).toBe(200),
  );
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThan(45);
});

test("an answer that nobody reads keeps no slot", async () => {
  const app = appWith(predictor, { limits: { inFlight: 1 } });
  const photo = await greyPhoto();
  const many = form(...Array.from({ length: 20 }, () => ["images", "a.png", photo] as const));
  const unread = await app.request("/batch-predict", asLines(many));
  const alone = async () => (await app.request("/predict", raw(photo, "image/png"))).status;
  await expect.poll(alone, { timeout: 20_000 }).toBe(200);
  const lines = (await unread.text()).trimEnd().split("\n");
  expect(lines).toHaveLength(20);
});

test("what is refused as a whole has its own status as NDJSON too", async () => {
  const app = appWith(predictor, { limits: { batchPhotos: 2 } });
  const none = await app.request("/batch-predict", asLines(form(["other", "a", "x"])));
  expect(await failureOf(none)).toMatchObject({ status: 400, code: "usage.invalid" });
  const loading = appWith(predictor, { model: () => undefined });
  const early = await loading.request("/batch-predict", asLines(form(["images", "a", "x"])));
  expect(await failureOf(early)).toMatchObject({ status: 503, code: "model.not_ready" });
});

test("a zip is answered file by file, as the body, or among the photos of a form", async () => {
  const app = appWith(predictor);
  const photo = await redWindow();
  const zip = await zipped({ "photos/b/a.jpg": photo, "photos/a/a.jpg": photo, "photos/notes.txt": "text" });
  const body = await app.request("/batch-predict", raw(zip, "application/zip"));
  expect(BatchAnswer.parse(await body.json()).results).toMatchObject([
    { name: "a/a.jpg", width: 480 },
    { name: "b/a.jpg", width: 480 },
    { name: "notes.txt", error: { code: "photo.unsupported" } },
  ]);
  const both = await app.request(
    "/batch-predict",
    form(["images", "x.jpg", photo], ["images", "my.zip", zip]),
  );
  const names = BatchAnswer.parse(await both.json()).results.map(({ name }) => name);
  expect(names).toEqual(["x.jpg", "a/a.jpg", "b/a.jpg", "notes.txt"]);
});

test("a file of a zip that is too large, damaged or encrypted is an error of its own", async () => {
  const app = appWith(predictor, { limits: { bodyBytes: 5_000 } });
  const zip = await zipped({
    "a.png": await greyPhoto(),
    "b.png": [crypto.getRandomValues(new Uint8Array(6_000)), { compress: false }],
    "c.png": ["recognisable", { compress: false }],
  });
  const damaged = zip.toString("latin1").replace("recognisable", "unrecognised");
  const response = await app.request(
    "/batch-predict",
    raw(new Uint8Array(Buffer.from(damaged, "latin1")), "application/zip"),
  );
  expect(BatchAnswer.parse(await response.json()).results).toMatchObject([
    { name: "a.png", width: 64 },
    { name: "b.png", error: { code: "serving.body_too_large" } },
    { name: "c.png", error: { code: "input.unreadable" } },
  ]);
});
