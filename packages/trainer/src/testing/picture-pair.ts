import type { CloseUp, Size } from "@sluice/core";
import { drawnOblong } from "@sluice/core/close-up/testing";
import sharp from "sharp";

/** A noiseless photo with a bright oblong and its mask, as PNG; without an outline there is none. */
export async function picturePair(
  size: Size,
  outline: CloseUp.Outline | null,
): Promise<{ photo: Buffer; mask: Buffer }> {
  const shares = outline ? drawnOblong(outline, size) : new Float32Array(size.width * size.height);
  const photo = Buffer.alloc(3 * shares.length);
  for (let i = 0; i < photo.length; i++) photo[i] = 40 + 180 * shares[Math.floor(i / 3)];
  const mask = Buffer.from(shares.map((share) => (share >= 0.5 ? 255 : 0)));
  const png = (data: Buffer, channels: 1 | 3) =>
    sharp(data, { raw: { ...size, channels } })
      .png()
      .toBuffer();
  return { photo: await png(photo, 3), mask: await png(mask, 1) };
}
