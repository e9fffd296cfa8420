import { type Blobs, Bundle, isSluiceError, Photo, SluiceError, sha256 } from "@sluice/core";
import sharp from "sharp";
import { type Segmentation, segment } from "./mask";
import { defaultThreads, onnxRuntime, openSession } from "./runtime";
import { parseBundle, verifiedFile, verifyInterface } from "./verify";

export { type Box, type Segmentation, segment } from "./mask";
export { type Layer, paint, renderOverlay } from "./overlay";

export interface Prediction extends Segmentation {
  timings: { decodeMs: number; inferenceMs: number; maskMs: number };
}

/** A loaded model: the one piece of code that turns a photo into a mask, for serving, evaluation and the CLI. */
export interface Predictor {
  readonly bundle: Bundle.Bundle;
  /** SHA-256 of `model.json`, which names the digests of the rest. */
  readonly digest: string;
  /** @param name of the photo, for messages. Throws `photo.unreadable`, `photo.unsupported`, `photo.too_large`. */
  predict(photo: Uint8Array, name: string): Promise<Prediction>;
  /** The model itself. @param photos [n, 3, size, size] float32, RGB in 0..1. @returns [n, 1, size, size] */
  logits(photos: Float32Array): Promise<Float32Array>;
  /** Predicts one grey photo, so that the first real one is not the slow one. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

export interface PredictorOptions {
  /** Threads of one inference; default: the machine's, at most 4. */
  threads?: number;
}

/**
 * @param input.files the bundle's files by name: every stage's, and `model.json` as it was stored (without it
 *   the digest is that of the bundle written anew)
 * @param input.at where they lie, as `models/3/`, for messages
 * Throws `model.corrupt` naming the file, `host.backend_missing`.
 *
 * @example const { mask, box } = await (await loadPredictor({ bundle, files })).predict(jpeg, "meter.jpg")
 */
export async function loadPredictor(
  input: { bundle: Bundle.Bundle; files: Record<string, Uint8Array>; at?: string } & PredictorOptions,
): Promise<Predictor> {
  const { bundle, files, at = "", threads = defaultThreads() } = input;
  const [stage, ...more] = bundle.stages;
  if (more.length > 0) {
    throw new SluiceError("model.corrupt", "The bundle has a second stage, unknown here", "Update Sluice.");
  }
  const file = at + stage.file;
  const session = await openSession(verifiedFile(stage, files[stage.file], file), file, threads);
  const { inputSize: size, threshold } = bundle;
  verifyInterface(session, file, size);
  const { Tensor } = onnxRuntime();

  const logits = async (photos: Float32Array) => {
    const count = photos.length / (3 * size * size);
    const feeds = { photo: new Tensor("float32", photos, [count, 3, size, size]) };
    return (await session.run(feeds)).logits.data;
  };
  const predict = async (photo: Uint8Array, name: string): Promise<Prediction> => {
    const started = performance.now();
    const header = await Photo.header(photo, name);
    const pixels = planes(await Photo.modelInput(photo, size, name));
    const decoded = performance.now();
    const answer = await logits(pixels);
    const inferred = performance.now();
    const segmentation = segment(answer, size, header, threshold);
    const timings = {
      decodeMs: decoded - started,
      inferenceMs: inferred - decoded,
      maskMs: performance.now() - inferred,
    };
    return { ...segmentation, timings };
  };
  return {
    bundle,
    digest: sha256(files[Bundle.MODEL_JSON] ?? Buffer.from(JSON.stringify(bundle))),
    predict,
    logits,
    warmUp: async () => void (await predict(await greyPhoto(), "the warm-up photo")),
    close: () => session.release(),
  };
}

/**
 * Loads the bundle under a prefix, as `models/3/`.
 *
 * Throws `model.not_found` where there is none, `model.corrupt` naming the file, `host.backend_missing`.
 */
export async function loadPredictorFromBlobs(
  prefix: string,
  { blobs }: { blobs: Blobs },
  options: PredictorOptions = {},
): Promise<Predictor> {
  const json = await getIfThere(blobs, prefix + Bundle.MODEL_JSON);
  if (!json) {
    throw new SluiceError("model.not_found", `There is no model under ${prefix}`, "See: sluice models.");
  }
  const bundle = parseBundle(json, prefix + Bundle.MODEL_JSON);
  const files: Record<string, Uint8Array> = { [Bundle.MODEL_JSON]: json };
  for (const { file } of bundle.stages) {
    const bytes = await getIfThere(blobs, prefix + file);
    if (bytes) files[file] = bytes;
  }
  return loadPredictor({ bundle, files, at: prefix, ...options });
}

const getIfThere = (blobs: Blobs, key: string): Promise<Buffer | undefined> =>
  blobs.get(key).catch((error: unknown) => {
    if (isSluiceError(error) && error.code === "blob.missing") return undefined;
    throw error;
  });

/** [size, size, 3] uint8 → [3, size, size] float32 in 0..1: what the model's input `photo` is. */
export function planes(rgb: Uint8Array): Float32Array {
  const plane = rgb.length / 3;
  const out = new Float32Array(rgb.length);
  for (let i = 0; i < plane; i++) {
    out[i] = rgb[3 * i] / 255;
    out[plane + i] = rgb[3 * i + 1] / 255;
    out[2 * plane + i] = rgb[3 * i + 2] / 255;
  }
  return out;
}

const greyPhoto = () =>
  sharp({ create: { width: 480, height: 640, channels: 3, background: "#808080" } })
    .jpeg()
    .toBuffer();
