import { describe } from "../dataset/files";
import type { Stored } from "../dataset/pair";
import { isSluiceError } from "../errors";
import * as Photo from "../photo";
import type { MaskPolicy } from "../settings";
import { type Inspected, inspectHeader, truncated } from "./photo-file";
import type { Fault } from "./report";

const FORMATS = ["png", "jpeg"] as const;
export const THRESHOLD = 127;
export const MIN_AREA_PX = 100;
export const MAX_PART = 0.9;

export interface MaskFacts {
  /** Of the 0/255 PNG that the dataset keeps. */
  mask: Stored;
  areaPx: number;
}

/** Decodes a mask, cuts it at 127 and judges it. `size` is that of the upright mask. */
export async function inspectMask(
  body: Buffer,
  name: string,
  policy: MaskPolicy,
): Promise<Inspected<MaskFacts> & { warnings: Fault[] }> {
  const { header, faults } = await inspectHeader(body, name, FORMATS);
  if (!header) return { faults, warnings: [] };
  const size = { width: header.width, height: header.height };
  const pixels = await decoded(body, name);
  if (!pixels) return { size, faults: [...faults, truncated(name)], warnings: [] };

  const counts = histogram(pixels.data);
  const greys = counts.slice(1, 255).filter((count) => count > 0).length;
  if (greys > 0 && policy === "reject") {
    return { size, faults: [...faults, notBinary(name, greys, counts)], warnings: [] };
  }
  const areaPx = counts.slice(THRESHOLD + 1).reduce((sum, count) => sum + count, 0);
  const warnings = greys > 0 ? [thresholded(name, greys)] : [];
  const area = areaFault(name, areaPx, pixels.width * pixels.height);
  if (area) return { size, faults: [...faults, area], warnings };
  return { facts: { mask: describe(await plain(pixels)), areaPx }, size, faults, warnings };
}

/** The mask as the dataset keeps it: upright, one channel, 0 or 255, PNG. Throws `photo.unreadable`. */
export const plainMask = async (mask: Uint8Array, name: string): Promise<Buffer> =>
  plain(await Photo.maskPixels(mask, name));

const plain = ({ data, width, height }: Photo.Pixels) => Photo.maskPng(data, width, height, THRESHOLD);

const decoded = (body: Buffer, name: string) =>
  Photo.maskPixels(body, name).catch((error) => {
    if (isSluiceError(error)) return undefined;
    throw error;
  });

function histogram(data: Uint8Array): number[] {
  const counts = new Uint32Array(256);
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  return [...counts];
}

function notBinary(name: string, greys: number, counts: number[]): Fault {
  const isZeroOne = greys === 1 && (counts[1] ?? 0) > 0;
  return {
    code: "mask_not_binary",
    file: name,
    message: isZeroOne
      ? "marks the window with 1 instead of 255"
      : `has ${greys} ${greys === 1 ? "value" : "values"} besides 0 and 255`,
    hint: isZeroOne
      ? "Multiply it by 255."
      : "Save it as PNG with 0 and 255 only, or push with --masks threshold.",
  };
}

const thresholded = (name: string, greys: number): Fault => ({
  code: "mask_thresholded",
  file: name,
  message: `had ${greys} ${greys === 1 ? "value" : "values"} besides 0 and 255; it was cut at ${THRESHOLD}`,
  hint: "Save masks as PNG with 0 and 255 only.",
});

function areaFault(file: string, areaPx: number, totalPx: number): Fault | undefined {
  if (areaPx === 0) {
    return {
      code: "mask_empty",
      file,
      message: "marks nothing",
      hint: "Draw the window, or take the pair out.",
    };
  }
  if (areaPx < MIN_AREA_PX) {
    const message = `marks ${areaPx} px; at least ${MIN_AREA_PX} are needed`;
    return { code: "mask_too_small", file, message, hint: "Draw the whole window." };
  }
  if (areaPx > MAX_PART * totalPx) {
    const message = `marks ${Math.round((areaPx / totalPx) * 100)} % of the picture; the limit is 90 %`;
    return { code: "mask_too_large", file, message, hint: "Is it inverted? The window is white." };
  }
  return undefined;
}
