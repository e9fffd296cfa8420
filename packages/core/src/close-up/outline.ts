import type { Size } from "../box";
import type { Area } from "../kernels/area";
import type { Affine } from "./affine";

/** An oblong with an area's centre, direction and spread, in px of the picture; its rows and columns count from 0. */
export interface Outline {
  /** The centre; the top left pixel's own centre is (0.5, 0.5). */
  x: number;
  y: number;
  /** Of the long side against the rows, radians, over -π/2 up to π/2; clockwise, as rows grow downwards. */
  angle: number;
  length: number;
  breadth: number;
}

/** Below it an area has no direction worth turning to, and its outline is upright. */
const ELONGATED = 1.5;
/** An outline's breadth is at least this share of its length. */
const THINNEST = 0.1;

/**
 * The oblong with the centre and the second moments of an area: for a filled rectangle the rectangle itself. Every
 * pixel has its say by its value, so a ragged edge moves it little.
 *
 * @param values [height * width]; those of the area are over 0
 * @param map from these pixels to the picture's, where they are not the picture's own
 */
export function outlineOf(
  values: ArrayLike<number>,
  { runs, sum }: Area,
  { width }: Size,
  map: Affine = [1, 0, 0, 0, 1, 0],
): Outline {
  // Plain declarations: one that takes an array apart makes these loops five times slower.
  let sumC = 0;
  let sumR = 0;
  let sumCC = 0;
  let sumCR = 0;
  let sumRR = 0;
  for (const { start, end } of runs) {
    const row = Math.floor(start / width);
    const rowStart = row * width;
    let inRun = 0;
    let inRunC = 0;
    for (let i = start; i < end; i++) {
      const column = i - rowStart;
      const weighted = values[i] * column;
      inRun += values[i];
      inRunC += weighted;
      sumCC += weighted * column;
    }
    sumC += inRunC;
    sumR += inRun * row;
    sumCR += inRunC * row;
    sumRR += inRun * row * row;
  }
  const [column, row] = [sumC / sum, sumR / sum];
  // A pixel is itself an area with a spread, which the sum over centres leaves out.
  const cc = Math.max(0, sumCC / sum - column * column) + 1 / 12;
  const rr = Math.max(0, sumRR / sum - row * row) + 1 / 12;
  const cr = sumCR / sum - column * row;
  const [a, b, c, d, e, f] = map;
  const xx = a * a * cc + 2 * a * b * cr + b * b * rr;
  const xy = a * d * cc + (a * e + b * d) * cr + b * e * rr;
  const yy = d * d * cc + 2 * d * e * cr + e * e * rr;
  return { x: a * column + b * row + c + 0.5, y: d * column + e * row + f + 0.5, ...oblong(xx, xy, yy) };
}

/** The oblong whose second moments are these: a side is the root of 12 times the variance along it. */
function oblong(xx: number, xy: number, yy: number): Omit<Outline, "x" | "y"> {
  const middle = (xx + yy) / 2;
  const spread = Math.hypot((xx - yy) / 2, xy);
  const length = Math.sqrt(12 * (middle + spread));
  const breadth = Math.sqrt(12 * Math.max(0, middle - spread));
  if (length < ELONGATED * breadth) {
    return { angle: 0, length: Math.sqrt(12 * xx), breadth: Math.sqrt(12 * yy) };
  }
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  return { angle, length, breadth: Math.max(breadth, THINNEST * length) };
}

/** How much more than an outline a close-up shows: 1 is the outline itself. */
export interface Margins {
  /** Times its length. */
  along: number;
  /** Times its breadth. */
  across: number;
}

/** From a close-up's pixels to those of the picture: the outline lies level in its middle, whatever its proportions. */
export function closeUp({ x, y, angle, length, breadth }: Outline, margins: Margins, size: Size): Affine {
  const perColumn = (margins.along * length) / size.width;
  const perRow = (margins.across * breadth) / size.height;
  const [a, d] = [Math.cos(angle) * perColumn, Math.sin(angle) * perColumn];
  const [b, e] = [-Math.sin(angle) * perRow, Math.cos(angle) * perRow];
  const [u, v] = [(size.width - 1) / 2, (size.height - 1) / 2];
  return [a, b, x - 0.5 - a * u - b * v, d, e, y - 0.5 - d * u - e * v];
}
