import { Imported, Photo, SluiceError } from "@sluice/core";
import sharp from "sharp";
import { invalidTensor, showShape, type Tensor } from "../../onnx/tensor";
import type { Found, Prediction } from "../../predictor";
import type { Chosen } from "../choose";
import type { AppContext, Serving } from "../context";
import type { Models } from "../deps";
import { labelsOf, withModel, withStandIn } from "../with-model";
import type { Answered, V2Model } from "./model";
import type { Asked } from "./request";

const [OF_PIXELS, OF_FILES] = Imported.RESERVED;
type Name = (typeof Imported.RESERVED)[number];

const INPUTS: Record<Name, Imported.TensorSpec> = {
  [OF_PIXELS]: { name: "image", datatype: "UINT8", shape: [-1, -1, 3] },
  [OF_FILES]: { name: "photo", datatype: "BYTES", shape: [1] },
};
const OUTPUTS: Imported.TensorSpec[] = [
  { name: "mask", datatype: "UINT8", shape: [-1, -1] },
  { name: "confidence", datatype: "FP32", shape: [1] },
  { name: "area_px", datatype: "INT64", shape: [1] },
  { name: "box", datatype: "INT64", shape: [4] },
];

/**
 * The champion, or its canary, by the Open Inference Protocol: `segmentation` takes an upright photo's pixels,
 * [height, width, 3] RGB, `segmentation-photo` a JPEG, PNG or WebP file. Both answer the mask, [height, width], 0 and 255.
 */
export const segmentation = (serving: Serving, name: Name): V2Model => ({
  name,
  async metadata() {
    const versions = loaded(serving).map(({ number }) => String(number));
    return { name, versions, platform: "onnxruntime_onnx", inputs: [INPUTS[name]], outputs: OUTPUTS };
  },
  isReady: async (version) =>
    loaded(serving).some(({ number }) => version === undefined || number === version),
  infer: (c, asked, version) => infer(serving, name, c, asked, version),
});

function loaded(serving: Serving) {
  const { champion, canary } = serving.models();
  return [champion, canary].filter((model) => model !== undefined);
}

async function infer(
  serving: Serving,
  name: Name,
  c: AppContext,
  asked: Asked,
  version: number | undefined,
): Promise<Answered> {
  const [tensor] = asked.inputs as [Tensor];
  const photo = name === OF_PIXELS ? await toPng(tensor) : toFile(tensor);
  serving.metrics.batchSize.observe(1);
  const ask = async (chosen: Chosen): Promise<Answered> => {
    const started = performance.now();
    const found = await chosen.model.predictor.predict(photo, "The photo");
    count(serving, chosen, found, started);
    return { version: chosen.model.number, outputs: toOutputs(found) };
  };
  const work = (chosen: Chosen) => withStandIn(serving, c, chosen, ask);
  return version === undefined
    ? withModel(serving, c, work)
    : withModel(serving, c, work, (models) => roleOf(models, version));
}

/** Throws `model.not_found`. */
function roleOf({ champion, canary }: Models, version: number): Chosen["role"] {
  if (champion?.number === version) return "champion";
  if (canary?.number === version) return "canary";
  throw new SluiceError(
    "model.not_found",
    `Model ${version} is not loaded`,
    "See: GET /v2/models/segmentation.",
  );
}

/** Written without loss, for predictors take files. */
async function toPng({ shape, values }: Tensor): Promise<Buffer> {
  const [height = 0, width = 0] = shape;
  if (height === 0 || width === 0) throw invalidTensor(`The image ${showShape(shape)} has no pixels`);
  Photo.assertSize({ width, height }, "The image");
  return sharp(values as Uint8Array, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();
}

/** In JSON a file is written in base64, which no photo's own bytes look like. */
function toFile({ values }: Tensor): Uint8Array {
  const [file = new Uint8Array()] = values as Uint8Array[];
  const isText = /^[A-Za-z0-9+/=\s]+$/.test(Buffer.from(file.subarray(0, 64)).toString("latin1"));
  return isText ? Buffer.from(Buffer.from(file).toString("latin1"), "base64") : file;
}

function toOutputs({ mask, width, height, box, areaPx, confidence }: Prediction): Tensor[] {
  const sides = box ? [box.left, box.top, box.width, box.height] : [0, 0, 0, 0];
  const values: Record<string, Pick<Tensor, "shape" | "values">> = {
    mask: { shape: [height, width], values: mask.map((pixel) => (pixel ? 255 : 0)) },
    confidence: { shape: [1], values: Float32Array.of(confidence) },
    area_px: { shape: [1], values: BigInt64Array.of(BigInt(areaPx)) },
    box: { shape: [4], values: BigInt64Array.from(sides, BigInt) },
  };
  return OUTPUTS.map(({ name, datatype }) => ({
    name,
    datatype,
    ...(values[name] as (typeof values)[string]),
  }));
}

function count({ metrics }: Serving, chosen: Chosen, found: Found, started: number): void {
  if (chosen.traffic === "replay") {
    metrics.replayed(labelsOf(chosen));
    return;
  }
  metrics.predicted(labelsOf(chosen), {
    seconds: (performance.now() - started) / 1000,
    areaRatio: found.areaPx / (found.width * found.height),
    ...(found.box && { confidence: found.confidence }),
  });
}
