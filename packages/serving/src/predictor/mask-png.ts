import { constants, crc32, deflateSync } from "node:zlib";
import type { Box, Size } from "@sluice/core";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** Eight bits of grey, no interlacing (PNG 1.2, 11.2.2). */
const GREY = [8, 0, 0, 0, 0];

/**
 * A mask as PNG of 0 and 255, in a tenth of the CPU that libvips takes for it: a mask is runs, and only runs are looked
 * for. `Photo.maskPng` stays what writes the dataset's masks, which are known by their bytes.
 *
 * @param mask [height * width], non-zero is foreground
 * @param picture its size, and where it is known the box that holds all foreground; null: there is none
 */
export function encodeMask(mask: Uint8Array, { width, height, box }: Size & { box?: Box | null }): Buffer {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  const rows = deflateSync(unfiltered(mask, { width, height }, box), {
    level: 1,
    strategy: constants.Z_RLE,
  });
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat([size, Buffer.from(GREY)])),
    chunk("IDAT", rows),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Each row begins with the number of its filter: 0, none. */
function unfiltered(
  mask: Uint8Array,
  { width, height }: Size,
  box: Box | null = { left: 0, top: 0, width, height },
): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  if (!box) return rows;
  for (let y = box.top; y < box.top + box.height; y++) {
    const start = y * width + box.left;
    const filters = y + 1;
    for (let i = start; i < start + box.width; i++) if (mask[i] !== 0) rows[i + filters] = 255;
  }
  return rows;
}

function chunk(type: string, content: Buffer): Buffer {
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, checksum]);
}
