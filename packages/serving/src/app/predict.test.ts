import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Predictor } from "../predictor";
import { appWith, failureOf, form, greyPhoto, raw, redWindow, toyPredictor } from "../testing";
import { PredictionAnswer } from "./schemas";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

const isNear = (actual: number, expected: number) => Math.abs(actual - expected) <= 8;

test.each([
  ["a form", async () => form(["image", "meter.jpg", await redWindow()])],
  ["a JPEG as body", async () => raw(await redWindow())],
  ["a PNG as body", async () => raw(await redWindow({ format: "png" }), "image/png")],
  [
    "a WebP without a telling type",
    async () => raw(await redWindow({ format: "webp" }), "application/octet-stream"),
  ],
  ["a photo turned by EXIF", async () => raw(await redWindow({ orientation: 6 }))],
])("%s gets the window of the upright photo", async (_, request) => {
  const response = await appWith(predictor).request("/predict", await request());

  expect(response.status).toBe(200);
  const answer = PredictionAnswer.parse(await response.json());
  expect(answer).toMatchObject({ model_version: 3, width: 480, height: 640 });
  expect(isNear(answer.box?.left ?? -99, 150)).toBe(true);
  expect(isNear(answer.box?.top ?? -99, 200)).toBe(true);
  expect(isNear(answer.box?.width ?? -99, 180)).toBe(true);
  expect(isNear(answer.box?.height ?? -99, 100)).toBe(true);
  expect(answer.confidence).toBeGreaterThan(0.9);
  expect(answer.timings_ms.total).toBeGreaterThanOrEqual(answer.timings_ms.inference);
});

test("the mask is a PNG of 0 and 255 with exactly area_px pixels set", async () => {
  const response = await appWith(predictor).request("/predict", raw(await redWindow()));
  const answer = PredictionAnswer.parse(await response.json());

  const png = sharp(Buffer.from(answer.mask, "base64"));
  expect(await png.metadata()).toMatchObject({
    format: "png",
    width: 480,
    height: 640,
    channels: 1,
    depth: "uchar",
  });
  const data = await png.toColourspace("b-w").raw().toBuffer();
  expect(new Set(data)).toEqual(new Set([0, 255]));
  expect(data.filter((v) => v === 255).length).toBe(answer.area_px);
  expect(data[250 * 480 + 240]).toBe(255);
  expect(data[100 * 480 + 240]).toBe(0);
});

test("Accept: image/png gives the mask itself, the rest in headers", async () => {
  const request = raw(await redWindow());
  const response = await appWith(predictor).request("/predict", {
    ...request,
    headers: { ...request.headers, Accept: "image/png" },
  });

  expect(response.headers.get("content-type")).toBe("image/png");
  expect(response.headers.get("sluice-model-version")).toBe("3");
  expect(response.headers.get("sluice-box")).toMatch(/^\d+,\d+,\d+,\d+$/);
  expect(Number(response.headers.get("sluice-confidence"))).toBeGreaterThan(0.9);
  expect(response.headers.get("server-timing")).toMatch(/inference;dur=/);
  const meta = await sharp(Buffer.from(await response.arrayBuffer())).metadata();
  expect(meta).toMatchObject({ format: "png", width: 480, height: 640 });
});

test("no window: box is null and the mask is empty", async () => {
  const response = await appWith(predictor).request("/predict", raw(await greyPhoto()));
  expect(await response.json()).toMatchObject({
    box: null,
    area_px: 0,
    confidence: 0,
    width: 64,
    height: 48,
  });
});

test("what is no photo gets 415, by its bytes and not its name", async () => {
  const app = appWith(predictor);
  const text = await app.request("/predict", form(["image", "meter.jpg", "just text"]));
  expect(await failureOf(text)).toEqual({
    status: 415,
    code: "photo.unsupported",
    message: "meter.jpg is text",
    hint: "Save it as JPEG, PNG or WebP; its name does not matter.",
  });
  const gif = await app.request("/predict", raw("GIF89a-and-so-on", "image/gif"));
  expect(await failureOf(gif)).toMatchObject({ status: 415, code: "photo.unsupported" });
  const json = await app.request("/predict", raw("{}", "application/json"));
  expect(await failureOf(json)).toMatchObject({ status: 415, message: "The body is application/json" });
});

test("a damaged photo gets 422 and is named", async () => {
  const whole = await redWindow();
  const cut = form(["image", "../../etc/cut\u202e\n.jpg", whole.slice(0, whole.length / 2)]);
  const response = await appWith(predictor).request("/predict", cut);
  expect(await failureOf(response)).toMatchObject({ status: 422, code: "photo.unreadable" });

  const empty = await appWith(predictor).request("/predict", form(["image", "a.png", ""]));
  expect(await failureOf(empty)).toMatchObject({ status: 422, message: "a.png is empty" });
});

test("more than 25 megapixels get 413 from the header alone", async () => {
  // 5001 x 5000 px in the header of a PNG whose pixels are not there.
  const header = Buffer.from("89504e470d0a1a0a0000000d4948445200001389000013880800000000", "hex");
  const crc = Buffer.from("00000000", "hex");
  const { crc32 } = await import("node:zlib");
  crc.writeUInt32BE(crc32(header.subarray(12)));
  const idat = Buffer.from("0000000049444154", "hex");
  const end = Buffer.alloc(4);
  end.writeUInt32BE(crc32(idat.subarray(4)));
  const png = new Uint8Array(Buffer.concat([header, crc, idat, end]));

  const response = await appWith(predictor).request("/predict", form(["image", "wall.png", png]));
  expect(await failureOf(response)).toMatchObject({
    status: 413,
    code: "photo.too_large",
    message: "wall.png has 5001x5000 px; the limit is 25 megapixels",
  });
});

test.each([
  ["an empty body", { method: "POST" }, "The request has no body"],
  ["a form without a photo", form(["other", "a.jpg", "x"]), "The form has no file in its field `image`"],
  [
    "two photos",
    form(["image", "a.jpg", "x"], ["image", "b.jpg", "y"]),
    "The form has 2 files in its field `image`",
  ],
  [
    "a broken form",
    raw("nonsense", "multipart/form-data; boundary=x"),
    "The multipart form cannot be read: its boundary is not in it",
  ],
])("%s gets 400", async (_, request, message) => {
  const response = await appWith(predictor).request("/predict", request);
  expect(await failureOf(response)).toMatchObject({ status: 400, code: "usage.invalid", message });
});
