import { type Blobs, Bundle, isSluiceError, Photo, type Size, SluiceError, sha256 } from "@sluice/core";
import sharp from "sharp";
import { type Found, maskOf, type Segmentation } from "./canvas";
import { look, type Network } from "./look";
import { encodeMask } from "./mask-png";
import { defaultThreads, type NetworkSession, onnxRuntime, openSession } from "./runtime";
import { parseBundle, verifiedFile, verifyInterface } from "./verify";

export { type Found, maskOf, type Segmentation } from "./canvas";
export { look, type Network, type Networks } from "./look";
export { type Layer, paint, renderOverlay } from "./overlay";

/** `maskMs` is what is neither decoding nor a network: resizing, close-up, mask. */
interface Timed {
  timings: { decodeMs: number; inferenceMs: number; maskMs: number };
}

export interface Prediction extends Found, Timed {
  /** [height * width], 0 or 1. */
  mask: Uint8Array;
}

/** A prediction as it is sent. */
export interface PngPrediction extends Found, Timed {
  png: Uint8Array;
}

/** A loaded model: the one piece of code that turns a photo into a mask, for serving, evaluation and the CLI. */
export interface Predictor {
  readonly bundle: Bundle.Bundle;
  /** SHA-256 of `model.json`, which names the digests of the rest. */
  readonly digest: string;
  /** @param name of the photo, for messages. Throws `photo.unreadable`, `photo.unsupported`, `photo.too_large`. */
  predict(photo: Uint8Array, name: string): Promise<Prediction>;
  /** As `predict`; the mask is written without being there as a whole. */
  predictPng(photo: Uint8Array, name: string): Promise<PngPrediction>;
  /** Predicts one grey photo, so that the first real one is not the slow one. */
  warmUp(): Promise<void>;
  close(): Promise<void>;
}

/** One in this thread. */
export interface LocalPredictor extends Predictor {
  /** Each stage's network by itself, in the bundle's order. */
  readonly networks: readonly Network[];
}

/** A bundle's description and files, read but not loaded. */
export interface BundleFiles {
  bundle: Bundle.Bundle;
  /** By name: every stage's, and `model.json` as it was stored. */
  files: Record<string, Uint8Array>;
  /** Where they lie, as `models/3/`, for messages. */
  at?: string;
}

export interface PredictorOptions {
  /** Threads of one inference; default: the container's CPUs, at most 4. */
  threads?: number;
}

/**
 * Without a `model.json` among the files the digest is that of the bundle written anew.
 *
 * Throws `model.corrupt` naming the file, `host.backend_missing`.
 *
 * @example const { mask, box } = await (await loadPredictor({ bundle, files })).predict(jpeg, "meter.jpg")
 */
export async function loadPredictor(input: BundleFiles & PredictorOptions): Promise<LocalPredictor> {
  const { bundle, files, at = "", threads = defaultThreads() } = input;
  const opened: OpenNetwork[] = [];
  for (const stage of bundle.stages) opened.push(await openNetwork(stage, files[stage.file], at, threads));
  const networks = opened.map(({ ask }) => ask);

  const find = async (photo: Uint8Array, name: string): Promise<Segmentation & Timed> => {
    const started = performance.now();
    const view = await Photo.view(photo, name);
    const decoded = performance.now();
    let inferenceMs = 0;
    const [first, refiner] = networks.map(
      (ask): Network =>
        async (pictures) => {
          const asked = performance.now();
          const probabilities = await ask(pictures);
          inferenceMs += performance.now() - asked;
          return probabilities;
        },
    );
    const segmentation = await look(view, bundle, [first, refiner]);
    const maskMs = performance.now() - decoded - inferenceMs;
    return { ...segmentation, timings: { decodeMs: decoded - started, inferenceMs, maskMs } };
  };
  return {
    bundle,
    digest: digestOf(input),
    predict: async (photo, name) => {
      const { runs, ...found } = await find(photo, name);
      return { ...found, mask: maskOf({ ...found, runs }) };
    },
    predictPng: async (photo, name) => {
      const { runs, ...found } = await find(photo, name);
      return { ...found, png: encodeMask({ ...found, runs }) };
    },
    networks,
    warmUp: async () => void (await find(await greyPhoto(), "the warm-up photo")),
    close: async () => void (await Promise.all(opened.map(({ close }) => close()))),
  };
}

export const digestOf = ({ bundle, files }: BundleFiles): string =>
  sha256(files[Bundle.MODEL_JSON] ?? Buffer.from(JSON.stringify(bundle)));

/**
 * Loads the bundle under a prefix, as `models/3/`.
 *
 * Throws `model.not_found` where there is none, `model.corrupt` naming the file, `host.backend_missing`.
 */
export const loadPredictorFromBlobs = async (
  prefix: string,
  world: { blobs: Blobs },
  options: PredictorOptions = {},
): Promise<LocalPredictor> => loadPredictor({ ...(await readBundle(prefix, world)), ...options });

/** Throws `model.not_found` where there is none, `model.corrupt` where `model.json` describes none. */
export async function readBundle(prefix: string, { blobs }: { blobs: Blobs }): Promise<BundleFiles> {
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
  return { bundle, files, at: prefix };
}

const getIfThere = (blobs: Blobs, key: string): Promise<Buffer | undefined> =>
  blobs.get(key).catch((error: unknown) => {
    if (isSluiceError(error) && error.code === "blob.missing") return undefined;
    throw error;
  });

interface OpenNetwork {
  ask: Network;
  close(): Promise<void>;
}

async function openNetwork(
  stage: Bundle.Bundle["stages"][number],
  bytes: Uint8Array | undefined,
  at: string,
  threads: number,
): Promise<OpenNetwork> {
  const file = at + stage.file;
  const session = await openSession(verifiedFile(stage, bytes, file), file, threads);
  verifyInterface(session, file, stage);
  return { ask: networkOf(session, stage), close: () => session.release() };
}

/** One of our own networks, loaded, as `look` asks it. */
export function networkOf(session: NetworkSession, { width, height }: Size): Network {
  const { Tensor } = onnxRuntime();
  return async (pictures) => {
    const count = pictures.length / (3 * width * height);
    const feeds = { pixels: new Tensor("uint8", pictures, [count, height, width, 3]) };
    return (await session.run(feeds)).probabilities.data as Float32Array;
  };
}

const greyPhoto = () =>
  sharp({ create: { width: 480, height: 640, channels: 3, background: "#808080" } })
    .jpeg()
    .toBuffer();
