import { seededRandom } from "@sluice/core/random";
import type { Chance } from "./chance";
import type { Scene } from "./scene";

/** How the picture was taken. */
export interface Shot {
  /** Brightness and colour cast: the factor of each channel. */
  gain: readonly [number, number, number];
  /** Added to every channel, as haze or a dirty lens does. */
  lift: number;
  /** Standard deviation of the sensor's noise, 0..255. */
  noise: number;
  /** Darkening towards the corners, 0..1. */
  vignette: number;
  /** Of the blur, px; below 0.3 none. */
  blurSigma: number;
  quality: number;
  /** EXIF orientation: 1 is stored upright. */
  orientation: 1 | 3 | 6 | 8;
}

export function randomShot(c: Chance): Shot {
  const isDark = c.yes(0.2);
  const light = isDark ? c.between(0.3, 0.55) : c.between(0.75, 1.25);
  const warmth = c.between(-0.16, 0.2);
  return {
    gain: [light * (1 + warmth), light * (1 + warmth / 4), light * (1 - warmth)],
    lift: c.between(0, 22),
    noise: c.between(2, isDark ? 14 : 9),
    vignette: c.between(0, 0.45),
    blurSigma: c.yes(0.5) ? c.between(0.4, 1.1) : c.yes(0.35) ? c.between(1.2, 2.6) : 0,
    quality: c.whole(62, 92),
    orientation: c.yes(0.26) ? c.pick([3, 6, 8] as const) : 1,
  };
}

/** Light on the glass and shadows across the meter, as SVG in picture pixels. */
export function lights(c: Chance, { width, height, affine }: Scene): string {
  const [x, y] = [affine[4], affine[5]];
  const reach = Math.hypot(affine[0], affine[1]) * 100;
  const spot = (i: number) => {
    const angle = c.between(0, 2 * Math.PI);
    const far = c.between(0.1, 0.95) * reach;
    const radius = c.between(0.08, 0.42) * reach;
    const strength = c.between(0.35, 0.92).toFixed(2);
    return `<defs><radialGradient id="glare${i}"><stop offset="0" stop-color="#fff" stop-opacity="${strength}"/><stop offset="${c.between(0.1, 0.5).toFixed(2)}" stop-color="#fff" stop-opacity="${strength}"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient></defs>
      <ellipse cx="${(x + Math.cos(angle) * far).toFixed(0)}" cy="${(y + Math.sin(angle) * far).toFixed(0)}" rx="${radius.toFixed(0)}" ry="${(radius * c.between(0.4, 1)).toFixed(0)}" fill="url(#glare${i})"/>`;
  };
  const shade = `<path d="M${c.between(-0.2, 0.6) * width} 0L${c.between(0.3, 1.2) * width} 0L${c.between(0.2, 1.1) * width} ${height}L${c.between(-0.4, 0.4) * width} ${height}Z" fill="#000" opacity="${c.between(0.15, 0.45).toFixed(2)}"/>`;
  const glass = `<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${reach.toFixed(0)}" fill="#fff" opacity="${c.between(0.02, 0.16).toFixed(2)}"/>`;
  return `${c.yes(0.4) ? shade : ""}${c.yes(0.4) ? glass : ""}${c.many(c.pick([0, 1, 1, 2, 3]), spot).join("")}`;
}

/** Blotches of a wall or of dirt: [height, width] uint8 around 128, coarse, to be enlarged to the picture. */
export function blotches(c: Chance, width: number, height: number, strength: number): Buffer {
  const values = Buffer.alloc(width * height);
  for (let i = 0; i < values.length; i++) values[i] = 128 + (c.random() - 0.5) * 255 * strength;
  return values;
}

const GRAIN_LENGTH = 1 << 16;
/** Noise of standard deviation 1 (a sum of three uniform numbers); every picture begins elsewhere in it. */
const grain = (() => {
  const random = seededRandom(1);
  const values = new Float32Array(GRAIN_LENGTH);
  for (let i = 0; i < GRAIN_LENGTH; i++) values[i] = (random() + random() + random() - 1.5) * 2;
  return values;
})();

/** Lens and sensor, in place. @param pixels [h, w, 3] uint8, RGB */
export function expose(c: Chance, pixels: Buffer, { width, height }: Scene, shot: Shot): Buffer {
  let at = c.whole(0, GRAIN_LENGTH - 1);
  for (let y = 0; y < height; y++) {
    const dy = (2 * y) / height - 1;
    // Each row begins elsewhere in the grain, so that no pattern repeats.
    at = (at + 7919) & (GRAIN_LENGTH - 1);
    for (let x = 0; x < width; x++) {
      const dx = (2 * x) / width - 1;
      const fall = 1 - (shot.vignette * (dx * dx + dy * dy)) / 2;
      const i = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const noise = grain[(at + channel * 21701 + x) & (GRAIN_LENGTH - 1)] * shot.noise;
        const value = (pixels[i + channel] + shot.lift) * shot.gain[channel] * fall + noise;
        pixels[i + channel] = Math.max(0, Math.min(255, value));
      }
    }
  }
  return pixels;
}
