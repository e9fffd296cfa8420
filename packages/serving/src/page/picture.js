const LONGEST_SIDE = 1600;
const WINDOW = "#2ee6c8";
const EDGE = "rgba(4, 24, 30, 0.85)";
const SHADE = "rgba(4, 16, 22, 0.5)";
const DIRECTIONS = 24;

/** Shades the photo outside the mask and draws a line around the window. */
export function drawWindow(canvas, mask) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(mask.naturalWidth, mask.naturalHeight));
  const width = Math.round(mask.naturalWidth * scale);
  const height = Math.round(mask.naturalHeight * scale);
  canvas.width = width;
  canvas.height = height;
  const shape = toShape(mask, width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = SHADE;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "destination-out";
  context.drawImage(shape, 0, 0);
  context.globalCompositeOperation = "source-over";
  const line = Math.max(1.5, Math.max(width, height) / 220);
  context.drawImage(ring(shape, line * 1.7, EDGE), 0, 0);
  context.drawImage(ring(shape, line, WINDOW), 0, 0);
}

export function clearWindow(canvas) {
  canvas.width = 0;
  canvas.height = 0;
}

/** Draws the box's part of the upright photo, with a little of what is around it. */
export function drawCrop(canvas, photo, box) {
  const margin = Math.round(Math.min(box.width, box.height) * 0.12);
  const left = Math.max(0, box.left - margin);
  const top = Math.max(0, box.top - margin);
  const width = Math.min(photo.naturalWidth, box.left + box.width + margin) - left;
  const height = Math.min(photo.naturalHeight, box.top + box.height + margin) - top;
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").drawImage(photo, left, top, width, height, 0, 0, width, height);
}

/** A black and white mask as a canvas that is opaque where the mask is white. */
function toShape(mask, width, height) {
  const shape = blank(width, height);
  const context = shape.getContext("2d", { willReadFrequently: true });
  context.drawImage(mask, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let i = 0; i < pixels.data.length; i += 4) pixels.data[i + 3] = pixels.data[i];
  context.putImageData(pixels, 0, 0);
  return shape;
}

/** What the shape covers when moved by `radius` in every direction, less the shape. */
function ring(shape, radius, color) {
  const out = blank(shape.width, shape.height);
  const context = out.getContext("2d");
  for (let i = 0; i < DIRECTIONS; i++) {
    const angle = (2 * Math.PI * i) / DIRECTIONS;
    context.drawImage(shape, radius * Math.cos(angle), radius * Math.sin(angle));
  }
  context.globalCompositeOperation = "destination-out";
  context.drawImage(shape, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, out.width, out.height);
  return out;
}

function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
