import { Photo, SluiceError } from "@sluice/core";
import { accepts } from "hono/accepts";
import type { Prediction } from "../predictor";
import type { AppContext, Serving } from "./context";
import type { LoadedModel } from "./deps";
import { note } from "./errors";
import type { ModelLabels } from "./metrics";
import type { BatchAnswer, PredictionAnswer } from "./schemas";
import { manyPhotos, onePhoto, safeName, toUpload, type Upload } from "./upload";

interface Answered {
  prediction: Prediction;
  png: Buffer;
  totalMs: number;
}

/** `/predict`: one photo in, its mask out, as JSON or as the picture itself. */
export const predict = (serving: Serving) => (c: AppContext) =>
  withModel(serving, c, async ({ number, predictor }, labels) => {
    serving.metrics.batchSize.observe(1);
    const started = performance.now();
    const upload = await onePhoto(c.req.raw, serving.limits.bodyBytes);
    const answered = await answer(upload, predictor, started);
    count(serving, labels, answered);
    c.header("Vary", "Accept");
    c.header("Server-Timing", serverTiming(answered));
    const supports = ["application/json", "image/png"];
    const type = accepts(c, { header: "Accept", supports, default: "application/json" });
    if (type === "image/png") return asPicture(c, number, answered);
    return c.json<PredictionAnswer>({ model_version: number, ...describe(answered) });
  });

/** `/batch-predict`: each photo gets its own answer or error; all come from the same model. */
export const batchPredict = (serving: Serving) => (c: AppContext) =>
  withModel(serving, c, async ({ number, predictor }, labels) => {
    const results: BatchAnswer["results"] = [];
    const files = await manyPhotos(c.req.raw, serving.limits);
    serving.metrics.batchSize.observe(files.length);
    for (const file of files) {
      const name = safeName(file.name);
      try {
        const started = performance.now();
        const answered = await answer(toUpload(file, serving.limits.bodyBytes), predictor, started);
        count(serving, labels, answered);
        results.push({ name, ...describe(answered) });
      } catch (error) {
        results.push({ name, error: note(error, c, serving).failure });
      }
    }
    return c.json<BatchAnswer>({ model_version: number, results });
  });

/** One slot and one model for the whole request. Throws `model.not_ready`, `serving.busy`. */
async function withModel(
  serving: Serving,
  c: AppContext,
  work: (model: LoadedModel, labels: ModelLabels) => Promise<Response>,
): Promise<Response> {
  const model = serving.model();
  if (!model) {
    throw new SluiceError(
      "model.not_ready",
      serving.state().reason,
      "It is tried again by itself; see /ready.",
    );
  }
  const labels: ModelLabels = { version: model.number, role: "champion" };
  c.set("answeredBy", labels);
  return serving.slots.run(async () => {
    const release = model.hold?.();
    try {
      return await work(model, labels);
    } finally {
      release?.();
    }
  });
}

async function answer(
  upload: Upload,
  predictor: LoadedModel["predictor"],
  started: number,
): Promise<Answered> {
  const prediction = await predictor.predict(upload.bytes, upload.name);
  const png = await Photo.maskPng(prediction.mask, prediction.width, prediction.height);
  return { prediction, png, totalMs: performance.now() - started };
}

function count({ metrics }: Serving, labels: ModelLabels, { prediction, totalMs }: Answered): void {
  const { areaPx, width, height, box, confidence, timings } = prediction;
  metrics.predicted(labels, {
    seconds: totalMs / 1000,
    areaRatio: areaPx / (width * height),
    confidence: box ? confidence : undefined,
  });
  metrics.stages.observe({ stage: "decode" }, timings.decodeMs / 1000);
  metrics.stages.observe({ stage: "inference" }, timings.inferenceMs / 1000);
  metrics.stages.observe({ stage: "mask" }, timings.maskMs / 1000);
}

function describe({ prediction, png, totalMs }: Answered) {
  const { width, height, box, areaPx, confidence, timings } = prediction;
  return {
    mask: png.toString("base64"),
    width,
    height,
    box,
    area_px: areaPx,
    confidence,
    timings_ms: {
      decode: tenths(timings.decodeMs),
      inference: tenths(timings.inferenceMs),
      mask: tenths(timings.maskMs),
      total: tenths(totalMs),
    },
  };
}

function asPicture(c: AppContext, number: number, { prediction, png }: Answered): Response {
  const { box, areaPx, confidence } = prediction;
  c.header("Content-Type", "image/png");
  c.header("Sluice-Model-Version", String(number));
  c.header("Sluice-Area-Px", String(areaPx));
  c.header("Sluice-Confidence", confidence.toFixed(4));
  if (box) c.header("Sluice-Box", [box.left, box.top, box.width, box.height].join(","));
  return c.body(new Uint8Array(png));
}

const serverTiming = ({ prediction: { timings }, totalMs }: Answered) =>
  [
    `decode;dur=${tenths(timings.decodeMs)}`,
    `inference;dur=${tenths(timings.inferenceMs)}`,
    `mask;dur=${tenths(timings.maskMs)}`,
    `total;dur=${tenths(totalMs)}`,
  ].join(", ");

const tenths = (ms: number) => Math.round(ms * 10) / 10;
