import type { PngPrediction } from "../predictor";
import type { Chosen } from "./choose";
import type { AppContext, Serving } from "./context";
import { labelsOf, withStandIn } from "./with-model";

/** A photo's answer, and who gave it. */
export interface Answered {
  by: Chosen;
  prediction: PngPrediction;
  /** From the photo's bytes to its mask. */
  totalMs: number;
}

/**
 * Asks the chosen model, or its stand-in, for one photo, and counts the answer.
 *
 * Throws `photo.unreadable`, `photo.unsupported`, `photo.too_large`, naming the photo.
 */
export const answer = (
  serving: Serving,
  c: AppContext,
  chosen: Chosen,
  photo: { name: string; bytes: Uint8Array },
): Promise<Answered> =>
  withStandIn(serving, c, chosen, async (by) => {
    const started = performance.now();
    const prediction = await by.model.predictor.predictPng(photo.bytes, photo.name);
    const answered = { by, prediction, totalMs: performance.now() - started };
    count(serving, answered);
    return answered;
  });

function count({ metrics }: Serving, { by, prediction, totalMs }: Answered): void {
  if (by.traffic === "replay") {
    metrics.replayed(labelsOf(by));
    return;
  }
  const { areaPx, width, height, box, confidence, timings } = prediction;
  metrics.predicted(labelsOf(by), {
    seconds: totalMs / 1000,
    areaRatio: areaPx / (width * height),
    confidence: box ? confidence : undefined,
  });
  metrics.stages.observe({ stage: "decode" }, timings.decodeMs / 1000);
  metrics.stages.observe({ stage: "inference" }, timings.inferenceMs / 1000);
  metrics.stages.observe({ stage: "mask" }, timings.maskMs / 1000);
}

/** As JSON tells it. */
export function describe({ by, prediction, totalMs }: Answered) {
  const { png, width, height, box, areaPx, confidence, timings } = prediction;
  return {
    model_version: by.model.number,
    model_role: by.role,
    mask: Buffer.from(png.buffer, png.byteOffset, png.length).toString("base64"),
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

/** As browsers' developer tools show it (W3C Server Timing). */
export const serverTiming = ({ prediction: { timings }, totalMs }: Answered): string =>
  [
    `decode;dur=${tenths(timings.decodeMs)}`,
    `inference;dur=${tenths(timings.inferenceMs)}`,
    `mask;dur=${tenths(timings.maskMs)}`,
    `total;dur=${tenths(totalMs)}`,
  ].join(", ");

const tenths = (ms: number) => Math.round(ms * 10) / 10;
