import { maskPng } from "@sluice/core/photo/index";
import sharp from "sharp";
import { background } from "./background";
import { blotches, expose, lights, randomShot, type Shot } from "./camera";
import { type Chance, chance } from "./chance";
import { meter } from "./meter";
import { randomScene, type Scene, windowMask } from "./scene";

export interface Sample {
  id: string;
  /** JPEG; about a quarter is stored turned, with the EXIF orientation that says so. */
  photo: Buffer;
  /** PNG, 0/255, at the size of the upright photo. */
  mask: Buffer;
}
export interface Look {
  /** Of the upright photo, px; varied around 480x640 without it. */
  size?: { width: number; height: number };
  /** How all photos are stored (EXIF); without it about a quarter is turned. */
  orientation?: Shot["orientation"];
}

const SVG_LOADER = { operation: ["VipsForeignLoadSvg"] };
let drawings = 0;

/** Core closes every loader but those of photos; ours is open only while we draw, and reads only our own SVG. */
async function withSvg<T>(draw: () => Promise<T>): Promise<T> {
  if (drawings++ === 0) sharp.unblock(SVG_LOADER);
  try {
    return await draw();
  } finally {
    if (--drawings === 0) sharp.block(SVG_LOADER);
  }
}

const svg = ({ width, height }: Scene, body: string) =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`);

/** A wall's or a lens's unevenness, to be laid over the picture. */
async function texture(c: Chance, { width, height }: Scene, cell: number, strength: number) {
  const [w, h] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const raw = { width: w, height: h, channels: 1 } as const;
  const grown = sharp(blotches(c, w, h, strength), { raw }).resize(width, height, {
    fit: "fill",
    kernel: "cubic",
  });
  const input = await grown.toColourspace("srgb").raw().toBuffer();
  return { input, raw: { width, height, channels: 3 }, blend: "soft-light" } as const;
}

/** The upright picture, as the lens sees it: [h, w, 3] uint8, RGB. */
async function paint(c: Chance, scene: Scene): Promise<Buffer> {
  const behind = svg(scene, background(c, scene));
  const front = svg(scene, meter(c, scene) + lights(c, scene));
  const coarse = await texture(c, scene, c.between(24, 90), c.between(0.3, 0.9));
  const fine = await texture(c, scene, c.between(2.5, 9), c.between(0.15, 0.6));
  const layers = [coarse, fine, { input: front }];
  return sharp(behind).removeAlpha().composite(layers).removeAlpha().raw().toBuffer();
}

/** Turned so that showing it with the EXIF orientation brings it upright again. */
const STORED_TURN = { 1: 0, 3: 180, 6: 270, 8: 90 } as const;

async function develop(c: Chance, painted: Buffer, scene: Scene, shot: Shot): Promise<Buffer> {
  const raw = { width: scene.width, height: scene.height, channels: 3 } as const;
  const isSharp = shot.blurSigma < 0.3;
  const seen = isSharp ? painted : await sharp(painted, { raw }).blur(shot.blurSigma).raw().toBuffer();
  const photo = sharp(expose(c, seen, scene, shot), { raw }).rotate(STORED_TURN[shot.orientation]);
  const stored = shot.orientation === 1 ? photo : photo.withMetadata({ orientation: shot.orientation });
  return stored.jpeg({ quality: shot.quality }).toBuffer();
}

/** Picture number `index` of a seed: the same pixels each time. */
export async function drawSample(seed: number, index: number, look: Look = {}): Promise<Sample> {
  const c = chance(seed, index);
  const scene = randomScene(c, look.size);
  const drawn = randomShot(c);
  const shot = { ...drawn, orientation: look.orientation ?? drawn.orientation };
  const painted = await withSvg(() => paint(c, scene));
  const [photo, mask] = await Promise.all([
    develop(c, painted, scene, shot),
    maskPng(windowMask(scene), scene.width, scene.height),
  ]);
  return { id: `meter_${String(index + 1).padStart(4, "0")}`, photo, mask };
}
