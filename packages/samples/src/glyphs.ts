import type { Chance } from "./chance";

/** The digits 0 to 9 as strokes in a box of 10 x 16: no font is needed, so every machine draws the same. */
const STROKES: readonly string[] = [
  "M5 1C8 1 9 4 9 8S8 15 5 15S1 12 1 8S2 1 5 1Z",
  "M2.5 4L5.5 1V15",
  "M1.5 4.5C1.5 2 3 1 5 1C7.5 1 8.7 2.7 8.7 4.7C8.7 8 1.5 11 1.2 15H9",
  "M1.5 3C2.3 1.6 3.5 1 5 1C7 1 8.5 2.3 8.5 4.4C8.5 6.5 7 7.6 4.5 7.6C7.2 7.6 9 9 9 11.3C9 13.6 7.3 15 5 15C3.2 15 1.9 14.2 1 12.8",
  "M7 15V1L1 11H9.3",
  "M8.3 1H2.5L2 7C2.8 6.3 3.9 6 5 6C7.5 6 9 7.8 9 10.4C9 13.2 7.3 15 4.8 15C3.2 15 2 14.3 1.1 13",
  "M7.8 1.6C4 1.6 1.2 5 1.2 10C1.2 13.2 2.7 15 5 15C7.3 15 8.9 13.3 8.9 10.6C8.9 8 7.3 6.5 5.2 6.5C3 6.5 1.4 8 1.2 10",
  "M1 1H9C6.3 5 4.6 9.5 4.2 15",
  "M5 1C7 1 8.3 2.4 8.3 4.3S7 7.6 5 7.6S1.7 6.2 1.7 4.3S3 1 5 1ZM5 7.6C7.4 7.6 9 9.1 9 11.3S7.4 15 5 15S1 13.5 1 11.3S2.6 7.6 5 7.6Z",
  "M2.2 14.4C6 14.4 8.8 11 8.8 6C8.8 2.8 7.3 1 5 1C2.7 1 1.1 2.7 1.1 5.4C1.1 8 2.7 9.5 4.8 9.5C7 9.5 8.6 8 8.8 6",
];

/** Which of the segments a to g each digit lights. */
const SEGMENTS: readonly string[] = [
  "abcdef",
  "bc",
  "abged",
  "abgcd",
  "fgbc",
  "afgcd",
  "afgedc",
  "abc",
  "abcdefg",
  "abcdfg",
];
const SEGMENT_PATHS: Record<string, string> = {
  a: "M2.2 1H7.8",
  b: "M8.8 1.8V7.3",
  c: "M8.8 8.7V14.2",
  d: "M2.2 15H7.8",
  e: "M1.2 8.7V14.2",
  f: "M1.2 1.8V7.3",
  g: "M2.2 8H7.8",
};

export interface Ink {
  colour: string;
  /** Stroke width in the glyph's own units. */
  weight: number;
  style: "stroke" | "segment";
}

/** One digit with its upper left corner at x, y and its height in the units around it. */
export function digit(value: number, x: number, y: number, height: number, ink: Ink): string {
  const path =
    ink.style === "stroke"
      ? STROKES[value]
      : [...(SEGMENTS[value] ?? "")].map((segment) => SEGMENT_PATHS[segment]).join("");
  const place = `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${(height / 16).toFixed(4)})`;
  return `<path d="${path}" transform="${place}" fill="none" stroke="${ink.colour}" stroke-width="${ink.weight}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** A row of digits, centred at x. */
export function number(c: Chance, x: number, y: number, height: number, count: number, ink: Ink): string {
  const step = height * 0.72;
  const left = x - (step * count) / 2;
  return c.many(count, (i) => digit(c.whole(0, 9), left + i * step, y, height, ink)).join("");
}

/** A line of small print: strokes of letter height, which is all a camera sees of it. */
export function smallPrint(c: Chance, x: number, y: number, width: number, height: number, colour: string) {
  const letters = Math.max(3, Math.floor(width / (height * 0.8)));
  const step = width / letters;
  const strokes = c.many(letters, (i) => {
    if (c.yes(0.12)) return "";
    const left = x + i * step;
    const shape = c.pick(["v1", "h.7v-1h-.7", "m0-.5h.7", "l.35-1l.35 1", "v-1h.6v.5h-.6"] as const);
    const scaled = shape.replace(/\.?\d+(\.\d+)?/g, (n) => (Number(n) * height).toFixed(2));
    return `M${left.toFixed(2)} ${y.toFixed(2)}${scaled}`;
  });
  return `<path d="${strokes.join("")}" fill="none" stroke="${colour}" stroke-width="${(height * 0.2).toFixed(2)}"/>`;
}
