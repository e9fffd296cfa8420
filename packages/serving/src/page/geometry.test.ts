import { describe, expect, test } from "vitest";

type Point = [x: number, y: number];
interface Contour {
  contours(field: { values: ArrayLike<number>; width: number; height: number }): Point[][];
  simplified(ring: Point[], tolerance: number): Point[];
}
interface Rectangle {
  smallestRectangle(points: Point[]): { x: number; y: number; width: number; height: number; angle: number };
  areaOf(ring: Point[]): number;
}
/** What the browser loads is plain JavaScript, and runs here as well. */
const load = <T>(name: string): Promise<T> => import(new URL(name, import.meta.url).href);
const { contours, simplified } = await load<Contour>("./contour.js");
const { smallestRectangle, areaOf } = await load<Rectangle>("./rectangle.js");

const field = (...rows: string[]) => ({
  values: [...rows.join("")].map((sign) => ({ ".": 0, o: 255, "-": 51 })[sign] ?? 0),
  width: rows[0].length,
  height: rows.length,
});

describe("contours", () => {
  test("a pixel is a diamond around its centre", () => {
    expect(contours(field("...", ".o.", "..."))).toEqual([
      [
        [1, 0.5],
        [0.5, 1],
        [1, 1.5],
        [1.5, 1],
      ],
    ]);
  });

  test("a line lies where half is reached between two pixels", () => {
    // From 51 to 255: 127.5 is 0.375 of the way.
    const [ring] = contours(field("....", ".-o.", "...."));
    const leftmost = Math.min(...ring.map(([x]) => x));
    expect(leftmost).toBeCloseTo(1.375, 9);
  });

  test("a hole, a second area and corners that touch are lines of their own", () => {
    const rings = contours(field("........", ".ooo..o.", ".o.o....", ".ooo....", "........"));
    expect(rings.map(areaOf).sort((a, b) => a - b)).toEqual([0.5, 0.5, 8.5]);
    expect(contours(field("....", ".o..", "..o.", "....")).map(areaOf)).toEqual([0.5, 0.5]);
  });

  test("nothing bright has no line", () => {
    expect(contours(field("...", "...", "..."))).toEqual([]);
  });
});

test("a line of many points keeps its corners only", () => {
  const square: Point[] = [];
  for (let i = 0; i < 10; i++) square.push([i, 0]);
  for (let i = 0; i < 10; i++) square.push([10, i]);
  for (let i = 10; i > 0; i--) square.push([i, 10]);
  for (let i = 10; i > 0; i--) square.push([0, i]);
  expect(simplified(square, 0.1)).toEqual([
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ]);
});

describe("the smallest rectangle", () => {
  test.each([
    [0, 0],
    [12, 12],
    [-30, -30],
    [90, 90],
    [100, -80],
    [170, -10],
  ])("around an oblong of 60 by 20 turned by %d degrees is turned by %d", (degrees, expected) => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const inside: Point[] = [];
    for (let u = -30; u <= 30; u += 5) for (let v = -10; v <= 10; v += 5) inside.push([u, v]);
    const points = inside.map(([u, v]): Point => [100 + u * cos - v * sin, 50 + u * sin + v * cos]);
    const { x, y, width, height, angle } = smallestRectangle(points);
    expect([x, y, width, height].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([100, 50, 60, 20]);
    expect((angle * 180) / Math.PI).toBeCloseTo(expected, 6);
  });
});
