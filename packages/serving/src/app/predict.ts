import { Photo } from "@sluice/core";
import { accepts } from "hono/accepts";
import type { Prediction } from "../predictor";
import type { Chosen } from "./choose";
import type { AppContext, Serving } from "./context";
import type { LoadedModel } from "./deps";
import { note } from "./errors";
import type { BatchAnswer, PredictionAnswer } from "./schemas";
import { manyPhotos, onePhoto, safeName, toUpload, type Upload } from "./upload";
import { labelsOf, withModel, withStandIn } from "./with-model";

interface Answered {
  prediction: Prediction;
  png: Buffer;
  totalMs: number;
}

/** `/predict`: one photo in, its mask out, as JSON or as the picture itself. */
export const predict = (serving: Serving) => async (c: AppContext) => {
  const started = performance.now();
  const upload = await onePhoto(c.req.raw, serving.limits.bodyBytes);
  serving.metrics.batchSize.observe(1);
  const [by, answered] = await withModel(serving, c, (chosen) =>
    withStandIn(serving, c, chosen, async (asked) => {
      const done = await answer(upload, asked.model.predictor, started);
      count(serving, asked, done);
      return [asked, done] as const;
    }),
  );
  const { role, model } = by;
  c.header("Vary", "Accept");
  c.header("Server-Timing", serverTiming(answered));
  const supports = ["application/json", "image/png"];
  const type = accepts(c, { header: "Accept", supports, default: "application/json" });
  if (type === "image/png") return asPicture(c, by, answered);
  return c.json<PredictionAnswer>({ model_version: model.number, model_role: role, ...describe(answered) });
};

/** `/batch-predict`: each photo gets its own answer or error; all come from the same model. */
export const batchPredict = (serving: Serving) => async (c: AppContext) => {
  const files = await manyPhotos(c.req.raw, serving.limits);
  serving.metrics.batchSize.observe(files.length);
  return withModel(serving, c, async (chosen) => {
    const results: BatchAnswer["results"] = [];
    for (const file of files) {
      const name = safeName(file.name);
      try {
        const started = performance.now();
        const upload = toUpload(file, serving.limits.bodyBytes);
        const answered = await withStandIn(serving, c, chosen, async (asked) => {
          const done = await answer(upload, asked.model.predictor, started);
          count(serving, asked, done);
          return done;
        });
        results.push({ name, ...describe(answered) });
      } catch (error) {
        results.push({ name, error: note(error, c, serving).failure });
      }
    }
    return c.json<BatchAnswer>({ model_version: chosen.model.number, results });
  });
};

async function answer(
  upload: Upload,
  predictor: LoadedModel["predictor"],
  started: number,
): Promise<Answered> {
  const prediction = await predictor.predict(upload.bytes, upload.name);
  const png = await Photo.maskPng(prediction.mask, prediction.width, prediction.height);
  return { prediction, png, totalMs: performance.now() - started };
}

function count({ metrics }: Serving, chosen: Chosen, { prediction, totalMs }: Answered): void {
  if (chosen.traffic === "replay") {
    metrics.replayed(labelsOf(chosen));
    return;
  }
  const { areaPx, width, height, box, confidence, timings } = prediction;
  metrics.predicted(labelsOf(chosen), {
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

function asPicture(c: AppContext, { role, model }: Chosen, { prediction, png }: Answered): Response {
  const { box, areaPx, confidence } = prediction;
  c.header("Content-Type", "image/png");
  c.header("Sluice-Model-Version", String(model.number));
  c.header("Sluice-Model-Role", role);
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
