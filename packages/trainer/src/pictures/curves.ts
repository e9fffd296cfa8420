import type { Blobs, Training } from "@sluice/core";
import sharp from "sharp";
import { type Canvas, type Colour, createCanvas, type Point } from "./canvas";
import { GLYPH_HEIGHT, textWidth } from "./lettering";

/** Drawn at twice the size and made smaller, which smooths the lines. */
const [WIDTH, HEIGHT] = [1600, 840];
const PLOT = { left: 130, right: WIDTH - 130, top: 110, bottom: HEIGHT - 110 };
const TEXT = 4;
const INK: Colour = [70, 70, 80];
const GRID: Colour = [226, 226, 232];
const LOSS: Colour = [222, 110, 30];
const DICE: Colour = [30, 100, 200];
const DIVISIONS = 5;

/** A training's loss (left axis) and validation Dice (right axis, 0 to 1) by epoch, written as PNG. */
export async function writeCurves(
  epochs: readonly Training.EpochRecord[],
  key: string,
  { blobs }: { blobs: Blobs },
): Promise<void> {
  const { data, width, height } = drawCurves(epochs);
  const png = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(width / 2, height / 2)
    .png({ palette: true })
    .toBuffer();
  await blobs.put(key, png);
}

function drawCurves(epochs: readonly Training.EpochRecord[]): Canvas {
  const canvas = createCanvas(WIDTH, HEIGHT);
  const drawable = epochs.filter(({ loss, validationDice }) => Number.isFinite(loss + validationDice));
  const lossTop = niceCeiling(Math.max(0, ...drawable.map((e) => e.loss)));
  const last = Math.max(2, ...drawable.map((e) => e.epoch));
  drawAxes(canvas, lossTop, last);
  drawLegend(canvas);
  const at = (epoch: number, share: number): Point => ({
    x: PLOT.left + ((epoch - 1) / (last - 1)) * (PLOT.right - PLOT.left),
    y: PLOT.bottom - share * (PLOT.bottom - PLOT.top),
  });
  drawLine(
    canvas,
    drawable.map((e) => at(e.epoch, e.loss / lossTop)),
    LOSS,
  );
  drawLine(
    canvas,
    drawable.map((e) => at(e.epoch, e.validationDice)),
    DICE,
  );
  return canvas;
}

function drawLine(canvas: Canvas, points: Point[], colour: Colour) {
  points.forEach((point, i) => {
    if (i > 0) canvas.line(points[i - 1], point, 3, colour);
    if (points.length <= 40) canvas.disc(point, 7, colour);
  });
}

function drawAxes(canvas: Canvas, lossTop: number, last: number) {
  for (let i = 0; i <= DIVISIONS; i++) {
    const share = i / DIVISIONS;
    const y = PLOT.bottom - share * (PLOT.bottom - PLOT.top);
    canvas.fill({ x: PLOT.left, y: y - 1 }, PLOT.right - PLOT.left, 2, i === 0 ? INK : GRID);
    const label = { y: y - (GLYPH_HEIGHT * TEXT) / 2 };
    const loss = short(lossTop * share);
    canvas.text(loss, { ...label, x: PLOT.left - 20 - textWidth(loss) * TEXT }, TEXT, LOSS);
    canvas.text(share.toFixed(1), { ...label, x: PLOT.right + 20 }, TEXT, DICE);
  }
  for (const epoch of epochTicks(last)) {
    const x = PLOT.left + ((epoch - 1) / (last - 1)) * (PLOT.right - PLOT.left);
    canvas.fill({ x: x - 1, y: PLOT.bottom }, 2, 12, INK);
    const label = String(epoch);
    canvas.text(label, { x: x - (textWidth(label) * TEXT) / 2, y: PLOT.bottom + 24 }, TEXT, INK);
  }
  const caption = "epoch";
  const middle = (PLOT.left + PLOT.right - textWidth(caption) * TEXT) / 2;
  canvas.text(caption, { x: middle, y: HEIGHT - 36 }, TEXT, INK);
}

/** The first epoch and then every round number of them, at most 11 in all. */
function epochTicks(last: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100].find((s) => last / s <= 10) ?? 1000;
  const epochs = Array.from({ length: last }, (_, i) => i + 1);
  return epochs.filter((epoch) => epoch === 1 || epoch % step === 0);
}

function drawLegend(canvas: Canvas) {
  const entries = [
    { label: "loss", colour: LOSS },
    { label: "validation Dice", colour: DICE },
  ];
  entries.reduce((x, { label, colour }) => {
    canvas.line({ x, y: 50 }, { x: x + 50, y: 50 }, 3, colour);
    canvas.text(label, { x: x + 70, y: 40 }, TEXT, INK);
    return x + 70 + textWidth(label) * TEXT + 60;
  }, PLOT.left);
}

const short = (value: number) =>
  value
    .toPrecision(2)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5, 10].find((s) => s * power >= value) ?? 10;
  return step * power;
}
