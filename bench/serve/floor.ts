import fs from "node:fs/promises";
import path from "node:path";
import { Bundle, Photo } from "@sluice/core";
import { loadPredictor } from "@sluice/serving/predictor/index";

/** Mean milliseconds of a photo in this process, one after the other. */
export interface Floor {
  /** Decoding it, and the networks. */
  decodeAndInferenceMs: number;
  /** And what else it takes to know the mask: resizing, close-ups, pasting; and its PNG. */
  answerMs: number;
}

/** Decoding and inference alone, without HTTP. @param model the bundle's folder */
export async function floorOf(model: string, photos: readonly Buffer[], threads: number): Promise<Floor> {
  const files: Record<string, Buffer> = {};
  for (const file of await fs.readdir(model)) files[file] = await fs.readFile(path.join(model, file));
  const bundle = Bundle.Bundle.parse(JSON.parse(files[Bundle.MODEL_JSON].toString("utf8")));
  const predictor = await loadPredictor({ bundle, files, threads });
  await predictor.warmUp();
  for (const photo of photos) await predictor.predict(photo, "a photo");
  let [floor, answer] = [0, 0];
  for (const photo of photos) {
    const started = performance.now();
    const { mask, width, height, timings } = await predictor.predict(photo, "a photo");
    await Photo.maskPng(mask, width, height);
    answer += performance.now() - started;
    floor += timings.decodeMs + timings.inferenceMs;
  }
  await predictor.close();
  return { decodeAndInferenceMs: floor / photos.length, answerMs: answer / photos.length };
}
