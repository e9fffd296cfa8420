import { contours, simplified } from "./contour.js";
import { areaOf, smallestRectangle } from "./rectangle.js";

/** Longest side of what a mask is traced on, and two masks are compared on, px. */
const TRACED_SIDE = 320;
const COMPARED_SIDE = 512;
/** Longest side of a crop, px. */
const CROP_SIDE = 1200;
/** A window turned less than this is level, radians; one that fills less of its rectangle has no direction. */
const LEVEL = (1.5 * Math.PI) / 180;
const FILLED = 0.7;
/** A rectangle that is nearly square has no longer side to turn by. */
const LONG = 1.25;

/**
 * What is drawn of a mask.
 *
 * @param {CanvasImageSource} mask black and white, of the upright photo's size
 * @param {{left: number, top: number, width: number, height: number}} box around what is white, px of the photo
 * @param {{width: number, height: number}} size of the upright photo, px
 * @returns {{path: string, rectangle: object}} an SVG path, and the largest area's smallest rectangle, px of the photo
 */
export function outline(mask, box, size) {
  const scale = Math.min(1, TRACED_SIDE / Math.max(box.width, box.height));
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const context = blank(width + 2, height + 2).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high"; // greys at the edge, between which the line is drawn finely
  context.drawImage(mask, box.left, box.top, box.width, box.height, 1, 1, width, height);
  const values = context.getImageData(0, 0, width + 2, height + 2).data.filter((_, i) => i % 4 === 0);
  const place = ([x, y]) => [
    clamp(box.left + ((x - 0.5) * box.width) / width, size.width),
    clamp(box.top + ((y - 0.5) * box.height) / height, size.height),
  ];
  const rings = contours({ values, width: width + 2, height: height + 2 })
    .map((ring) => simplified(ring, 0.5).map(place))
    .filter((ring) => ring.length > 2 && areaOf(ring) * scale * scale > 6)
    .sort((a, b) => areaOf(b) - areaOf(a));
  const path = rings.map((ring) => `M${ring.map((point) => point.map(tenth).join(" ")).join("L")}Z`).join("");
  return { path, rectangle: rings.length > 0 ? level(rings[0], box) : upright(box) };
}

/** The rectangle to cut out: turned as the window is where it has a direction, else the box. */
function level(ring, box) {
  const rectangle = smallestRectangle(ring);
  const { width, height } = rectangle;
  if (areaOf(ring) < FILLED * width * height || width < LONG * height) return upright(box);
  return Math.abs(rectangle.angle) < LEVEL ? upright(box) : rectangle;
}

const upright = ({ left, top, width, height }) => ({
  x: left + width / 2,
  y: top + height / 2,
  width,
  height,
  angle: 0,
});

/**
 * Draws the rectangle's part of the upright photo, level, with a little of what is around it.
 *
 * @param {HTMLImageElement} photo decoded
 * @param {{width: number, height: number}} size of the upright photo as the rectangle counts, px
 */
export function drawCrop(canvas, photo, size, { x, y, width, height, angle }) {
  const margin = 0.12 * Math.min(width, height);
  const [wide, high] = [width + 2 * margin, height + 2 * margin];
  const scale = Math.min(photo.naturalWidth / size.width, CROP_SIDE / Math.max(wide, high));
  canvas.width = Math.max(1, Math.round(wide * scale));
  canvas.height = Math.max(1, Math.round(high * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.translate(canvas.width / 2, canvas.height / 2);
  context.scale(scale, scale);
  context.rotate(-angle);
  context.translate(-x, -y);
  context.drawImage(photo, 0, 0, size.width, size.height);
}

/** How far two masks of one photo overlap: what both cover by what either covers, 0..1; 1 where both are empty. */
export function overlap(a, b, { width, height }) {
  const scale = Math.min(1, COMPARED_SIDE / Math.max(width, height));
  const pixels = [a, b].map((mask) => {
    const canvas = blank(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(mask, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  });
  let [both, either] = [0, 0];
  for (let i = 0; i < pixels[0].length; i += 4) {
    both += Math.min(pixels[0][i], pixels[1][i]);
    either += Math.max(pixels[0][i], pixels[1][i]);
  }
  return either === 0 ? 1 : both / either;
}

/** A JPEG of what the browser can show, upright, of no more pixels than that; undefined where it can't show it. */
export async function asJpeg(file, maxPixels) {
  if (file.type === "image/svg+xml") return undefined;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return undefined;
  const scale = Math.min(1, Math.sqrt(maxPixels / (bitmap.width * bitmap.height)));
  const canvas = blank(Math.floor(bitmap.width * scale), Math.floor(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const jpeg = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  return jpeg ? new File([jpeg], file.name, { type: "image/jpeg" }) : undefined;
}

const clamp = (value, most) => Math.min(most, Math.max(0, value));
const tenth = (value) => Math.round(value * 10) / 10;

function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
