import type { Chance } from "./chance";

/** Where the reading window sits on its meter, in units of a hundredth of the meter's radius. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The meter's own coordinates to picture pixels: [a c e; b d f] as SVG writes `matrix(a b c d e f)`. */
export type Affine = readonly [number, number, number, number, number, number];

export type Dial = "wheels_light" | "wheels_dark" | "lcd";
export type Casing = "round" | "square" | "brass";

/** All that decides how a picture looks, before anything is drawn. */
export interface Scene {
  width: number;
  height: number;
  casing: Casing;
  dial: Dial;
  window: Box;
  affine: Affine;
  background: "concrete" | "soil" | "pipes" | "tiles" | "cupboard";
}

const WINDOW_SHARE = { least: 0.012, most: 0.075 };

function windowBox(c: Chance, casing: Casing): Box {
  const width = casing === "square" ? c.between(95, 130) : c.between(88, 128);
  const height = width / c.between(3.6, 5.6);
  const y = casing === "square" ? c.between(-45, -20) : c.yes(0.75) ? c.between(-44, -18) : c.between(14, 30);
  return { x: c.between(-4, 4), y, width, height };
}

/** A meter seen a little from the side: turned, squeezed, skewed; the whole window inside the picture. */
function camera(c: Chance, window: Box, width: number, height: number): Affine {
  const share = WINDOW_SHARE.least * (WINDOW_SHARE.most / WINDOW_SHARE.least) ** (c.between(0, 1) ** 1.15);
  const squeeze = c.between(0.82, 1.12);
  const scale = Math.sqrt((share * width * height) / (window.width * window.height));
  const capped = Math.min(scale, (width * 0.86) / (window.width * squeeze));
  const turn = (c.between(-20, 20) * Math.PI) / 180;
  const skew = c.between(-0.16, 0.16);
  const [cos, sin] = [Math.cos(turn) * capped, Math.sin(turn) * capped];
  const linear = [
    cos * squeeze,
    sin * squeeze,
    cos * skew - sin / squeeze,
    sin * skew + cos / squeeze,
  ] as const;
  const [a, b, cc, d] = linear;
  const centre = { x: a * window.x + cc * window.y, y: b * window.x + d * window.y };
  const reach = {
    x: (Math.abs(a) * window.width + Math.abs(cc) * window.height) / 2 + 4,
    y: (Math.abs(b) * window.width + Math.abs(d) * window.height) / 2 + 4,
  };
  const place = (low: number, high: number, wanted: number) =>
    low > high ? (low + high) / 2 : Math.min(high, Math.max(low, wanted));
  const e = place(reach.x, width - reach.x, width * c.between(0.3, 0.7) + centre.x) - centre.x;
  const f = place(reach.y, height - reach.y, height * c.between(0.3, 0.7) + centre.y) - centre.y;
  return [a, b, cc, d, e, f];
}

export function randomScene(c: Chance, size?: { width: number; height: number }): Scene {
  const isWide = c.yes(0.2);
  const [short, long] = [c.whole(440, 520), c.whole(600, 680)];
  const width = size?.width ?? (isWide ? long : short);
  const height = size?.height ?? (isWide ? short : long);
  const casing = c.pick(["round", "round", "round", "brass", "square"] as const);
  const dial = casing === "square" ? "lcd" : c.pick(["wheels_light", "wheels_light", "wheels_dark"] as const);
  const window = windowBox(c, casing);
  const affine = camera(c, window, width, height);
  const background = c.pick(["concrete", "soil", "pipes", "tiles", "cupboard"] as const);
  return { width, height, casing, dial, window, affine, background };
}

/** The window's pixels: [h, w] uint8, 255 where a pixel's centre lies in the window. */
export function windowMask({ width, height, window, affine }: Scene): Uint8Array {
  const mask = new Uint8Array(width * height);
  const [a, b, c, d, e, f] = affine;
  const determinant = a * d - b * c;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [px, py] = [x + 0.5 - e, y + 0.5 - f];
      const u = (d * px - c * py) / determinant - window.x;
      const v = (a * py - b * px) / determinant - window.y;
      if (Math.abs(u) <= window.width / 2 && Math.abs(v) <= window.height / 2) mask[y * width + x] = 255;
    }
  }
  return mask;
}
