import type { Size } from "../box";

/**
 * Where a pixel of one picture lies in another: x' = a x + b y + c, y' = d x + e y + f, in px from the centre of the
 * top left pixel.
 */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** First `inner`, then `outer`. */
export function compose([a, b, c, d, e, f]: Affine, [ia, ib, ic, id, ie, if_]: Affine): Affine {
  return [
    a * ia + b * id,
    a * ib + b * ie,
    a * ic + b * if_ + c,
    d * ia + e * id,
    d * ib + e * ie,
    d * ic + e * if_ + f,
  ];
}

export function invert([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -ia * c - ib * f, id, ie, -id * c - ie * f];
}

/** From one picture's pixels to those of the same picture at another size. */
export const stretched = (from: Size, to: Size): Affine => {
  const [x, y] = [to.width / from.width, to.height / from.height];
  return [x, 0, (x - 1) / 2, 0, y, (y - 1) / 2];
};

/** The same picture mirrored left to right, or top to bottom. */
export const mirrored = ([a, b, c, d, e, f]: Affine, { width }: Size): Affine => [
  -a,
  b,
  c + a * (width - 1),
  -d,
  e,
  f + d * (width - 1),
];
export const upended = ([a, b, c, d, e, f]: Affine, { height }: Size): Affine => [
  a,
  -b,
  c + b * (height - 1),
  d,
  -e,
  f + e * (height - 1),
];
