import { buffer } from "node:stream/consumers";
import { memoryWorld } from "@sluice/core/testing/index";
import sharp from "sharp";
import { ZipFile } from "yazl";
import { createApp } from "../app";
import type { AppDeps } from "../app/deps";
import { ErrorAnswer } from "../app/schemas";
import { loadPredictor, type Predictor } from "../predictor";
import { toyBundle } from "../predictor/toy";

/** A real ONNX model of a few hundred bytes: it finds what is red. */
export const toyPredictor = (): Promise<Predictor> => loadPredictor({ ...toyBundle(), threads: 1 });

/** A predictor to which something happens before it looks at a photo. @param first may reject */
export const predictingAfter = (predictor: Predictor, first: () => unknown): Predictor => ({
  ...predictor,
  predict: async (...photo) => {
    await first();
    return predictor.predict(...photo);
  },
  predictPng: async (...photo) => {
    await first();
    return predictor.predictPng(...photo);
  },
});

/**
 * A grey photo of 480x640 px, upright, with a red window at left 150, top 200 of 180x100 px.
 *
 * @param orientation how the pixels are stored, as a phone does: 6 is turned a quarter counterclockwise
 */
export async function redWindow({ orientation = 1, format = "jpeg" as "jpeg" | "png" | "webp" } = {}) {
  const window = { width: 180, height: 100, channels: 3 as const, background: "#ff0000" };
  const upright = await sharp({ create: { width: 480, height: 640, channels: 3, background: "#808080" } })
    .composite([{ input: await sharp({ create: window }).png().toBuffer(), left: 150, top: 200 }])
    .png()
    .toBuffer();
  const turned = orientation === 6 ? sharp(upright).rotate(270) : sharp(upright);
  return new Uint8Array(
    await turned.withMetadata({ orientation }).toFormat(format, { quality: 95 }).toBuffer(),
  );
}

/** A photo without a window. */
export const greyPhoto = async () =>
  new Uint8Array(
    await sharp({ create: { width: 64, height: 48, channels: 3, background: "#808080" } })
      .png()
      .toBuffer(),
  );

/** An app with a model of number 3, or whatever the test puts in its place. */
export const appWith = (predictor: Predictor, deps: Partial<AppDeps> = {}) =>
  createApp({ model: () => ({ number: 3, predictor }), clock: memoryWorld().clock, ...deps });

/** A multipart body of files, in order. */
export function form(
  ...files: (readonly [field: string, name: string, bytes: Uint8Array<ArrayBuffer> | string])[]
) {
  const data = new FormData();
  for (const [field, name, bytes] of files) data.append(field, new File([bytes], name));
  return { method: "POST", body: data };
}

type ZipOptions = { compress?: boolean; mode?: number };
type ZipContent = string | Uint8Array;

/** A zip of files by name, in order. */
export async function zipped(
  files: Record<string, ZipContent | [ZipContent, ZipOptions]>,
): Promise<Buffer<ArrayBuffer>> {
  const zip = new ZipFile();
  for (const [name, file] of Object.entries(files)) {
    const [content, options] = Array.isArray(file) ? file : [file, {}];
    zip.addBuffer(Buffer.from(content as Uint8Array), name, options);
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** A raw body. */
export const raw = (bytes: Uint8Array<ArrayBuffer> | string, type = "image/jpeg") => ({
  method: "POST",
  body: bytes,
  headers: { "Content-Type": type },
});

/** What an error's answer says, with its status. */
export const failureOf = async (response: Response) => ({
  status: response.status,
  ...ErrorAnswer.parse(await response.json()).error,
});
