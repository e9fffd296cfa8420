import { type Blobs, Photo, seededRandom } from "@sluice/core";
import sharp from "sharp";

const SIDE = 64;

/** A small photo of coloured blocks, different for every seed. */
async function photo(seed: number): Promise<Buffer> {
  const random = seededRandom(seed);
  const blocks = Buffer.from(Array.from({ length: 8 * 8 * 3 }, () => Math.floor(random() * 256)));
  return sharp(blocks, { raw: { width: 8, height: 8, channels: 3 } })
    .resize(SIDE, SIDE, { kernel: "nearest" })
    .png()
    .toBuffer();
}

function mask(): Promise<Buffer> {
  const data = new Uint8Array(SIDE * SIDE);
  for (let y = 20; y < 40; y++) data.fill(1, y * SIDE + 16, y * SIDE + 48);
  return Photo.maskPng(data, SIDE, SIDE);
}

/** Thirty pairs of a batch of its own, uploaded; answers its name. */
export async function putBatch({ blobs }: { blobs: Blobs }, number: number): Promise<string> {
  const batch = `batch${number}`;
  const png = await mask();
  for (let i = 0; i < 30; i++) {
    const id = `meter-${number}-${i}`;
    await blobs.put(`incoming/${batch}/images/${id}.png`, await photo(number * 1_000 + i));
    await blobs.put(`incoming/${batch}/masks/${id}.png`, png);
  }
  await blobs.put(`incoming/${batch}/_SUCCESS`, "");
  return batch;
}

/** A batch with a photo that has no mask. */
export async function putBrokenBatch({ blobs }: { blobs: Blobs }): Promise<string> {
  await blobs.put("incoming/broken/images/lonely.png", await photo(1));
  await blobs.put("incoming/broken/_SUCCESS", "");
  return "broken";
}
