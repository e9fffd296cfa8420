import { CloseUp } from "@sluice/core";
import { drawnOblong } from "@sluice/core/close-up/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maskOf } from "./canvas";
import { segmentCloseUp } from "./close-up-mask";

const PHOTO = { width: 160, height: 120 };
const SIZE = { width: 96, height: 48 };
const MARGINS = { along: 1.5, across: 2.5 };

/** How far inside an outline the centre of a pixel lies, px; below 0 it is outside. */
function depth({ x, y, angle, length, breadth }: CloseUp.Outline, column: number, row: number): number {
  const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
  const along = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle));
  const across = Math.abs(dy * Math.cos(angle) - dx * Math.sin(angle));
  return Math.min(length / 2 - along, breadth / 2 - across);
}

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const outlines: fc.Arbitrary<CloseUp.Outline> = fc.record({
  x: number(20, 140), // perhaps a third of it beyond the edge
  y: number(15, 105),
  angle: number(-1.57, 1.57),
  length: number(50, 80),
  breadth: number(16, 24),
});

test("a turned window that was seen level comes out where it lies in the photo, edges and all", () => {
  fc.assert(
    fc.property(outlines, (outline) => {
      const map = CloseUp.closeUp(outline, MARGINS, SIZE);
      const level = { x: 48, y: 24, angle: 0, length: 96 / 1.5, breadth: 48 / 2.5 };
      const answer = segmentCloseUp(drawnOblong(level, SIZE), SIZE, map, PHOTO, 0.5);
      // Between the close-up's pixels a corner is rounded, and a row that is half window ends late: 0.4 px at most.
      const wrong = [...maskOf(answer)].filter((value, i) => {
        const inside = depth(outline, i % 160, Math.floor(i / 160));
        return value === 1 ? inside < -0.01 : inside > 0.4;
      });
      expect(wrong).toEqual([]);
      expect(answer.areaPx).toBe(maskOf(answer).reduce((sum, value) => sum + value, 0));
    }),
    { numRuns: 40 },
  );
});

test("beyond the close-up there is background, also where all of it is foreground", () => {
  const outline = { x: 80, y: 60, angle: 0, length: 40, breadth: 20 };
  const map = CloseUp.closeUp(outline, MARGINS, SIZE);
  const answer = segmentCloseUp(new Float32Array(96 * 48).fill(0.75), SIZE, map, PHOTO, 0.5);
  // 60 x 50 px about the centre
  expect(answer.box).toEqual({ left: 50, top: 35, width: 60, height: 50 });
  expect(answer.areaPx).toBe(3000);
  expect(answer.confidence).toBeCloseTo(0.75, 6);
});

test("the box is the smallest around the mask", () => {
  const outline = { x: 80, y: 60, angle: 0.7, length: 60, breadth: 20 };
  const map = CloseUp.closeUp(outline, MARGINS, SIZE);
  const level = { x: 48, y: 24, angle: 0, length: 96 / 1.5, breadth: 48 / 2.5 };
  const { box, ...found } = segmentCloseUp(drawnOblong(level, SIZE), SIZE, map, PHOTO, 0.5);
  const mask = maskOf({ ...PHOTO, ...found });
  const inside = [...mask.keys()].filter((i) => mask[i] === 1);
  const columns = inside.map((i) => i % 160);
  const rows = inside.map((i) => Math.floor(i / 160));
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const [width, height] = [Math.max(...columns) - left + 1, Math.max(...rows) - top + 1];
  expect(box).toEqual({ left, top, width, height });
});

test("probabilities are read between the close-up's pixels", () => {
  // Two pixels, 0.2 and 0.8, over eight of the photo, as a whole photo's answer is enlarged.
  const [photo, size] = [
    { width: 8, height: 1 },
    { width: 2, height: 1 },
  ];
  const row = (threshold: number) => [
    ...maskOf(segmentCloseUp(Float32Array.of(0.2, 0.8), size, [4, 0, 1.5, 0, 1, 0], photo, threshold)),
  ];
  expect(row(0.5)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  expect(row(0.27)).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
  expect(row(0.73)).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
});

test.each([
  ["to the left", -90, 60],
  ["below", 80, 300],
])("what was found beyond the photo, %s of it, is none of the photo's", (_, x, y) => {
  const map = CloseUp.closeUp({ x, y, angle: 0.3, length: 40, breadth: 20 }, MARGINS, SIZE);
  const answer = segmentCloseUp(new Float32Array(96 * 48).fill(0.9), SIZE, map, PHOTO, 0.5);
  expect(answer).toMatchObject({ ...PHOTO, areaPx: 0, box: null, confidence: 0 });
});

test("nothing over the threshold is an empty mask", () => {
  const map = CloseUp.closeUp({ x: 80, y: 60, angle: 1, length: 40, breadth: 20 }, MARGINS, SIZE);
  const answer = segmentCloseUp(new Float32Array(96 * 48).fill(0.4), SIZE, map, PHOTO, 0.5);
  expect(answer).toMatchObject({ ...PHOTO, areaPx: 0, box: null, confidence: 0 });
  expect(maskOf(answer)).toEqual(new Uint8Array(160 * 120));
});
