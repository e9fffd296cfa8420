import sharp from "sharp";
import { upload } from "../batch/upload";
import type { Blobs } from "../ports";
import { seededRandom } from "../random";
import { validate } from "../validation/validate";

const SIDE = 64;

/** A picture that no other seed's is near: 8x8 random greys, smoothly enlarged. PNG, 64x64. */
export function drawnPhoto(seed: number): Promise<Buffer> {
  const random = seededRandom(seed);
  const greys = Buffer.from(Array.from({ length: 64 }, () => Math.floor(random() * 256)));
  return sharp(greys, { raw: { width: 8, height: 8, channels: 1 } })
    .resize(SIDE, SIDE, { kernel: "cubic" })
    .toColourspace("srgb")
    .png()
    .toBuffer();
}

/** A white rectangle on black, from the left top corner. PNG, 64x64. */
export function drawnMask(width: number, height: number): Promise<Buffer> {
  const white = { create: { width, height, channels: 3 as const, background: "white" } };
  return sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: "black" } })
    .composite([{ input: white, left: 0, top: 0 }])
    .toColourspace("b-w")
    .png()
    .toBuffer();
}

/** Uploads files as a batch, complete. */
export async function uploaded(batch: string, files: Record<string, Buffer>, blobs: Blobs): Promise<string> {
  const entries = Object.entries(files).map(([name, body]) => ({ name, bytes: async () => body }));
  await upload({ batch, digest: "", entries, refusals: [], close: () => {} }, { blobs });
  return batch;
}

/** Uploads and validates pairs: id to the seed of its photo and the width of its mask's rectangle. */
export async function validatedBatch(
  batch: string,
  pairs: Record<string, { seed: number; maskWidth?: number }>,
  blobs: Blobs,
): Promise<string> {
  const files: Record<string, Buffer> = {};
  for (const [id, { seed, maskWidth = 20 }] of Object.entries(pairs)) {
    files[`images/${id}.png`] = await drawnPhoto(seed);
    files[`masks/${id}.png`] = await drawnMask(maskWidth, 20);
  }
  await uploaded(batch, files, blobs);
  const report = await validate({ batch }, { blobs });
  if (report.accepted) return batch;
  throw new Error(`batch ${batch} was to be accepted: ${JSON.stringify(report.faults)}`);
}
