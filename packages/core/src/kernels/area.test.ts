import fc from "fast-check";
import { expect, test } from "vitest";
import { type Area, largestArea, sumOf } from "./area";

/** Rows of digits: tenths. */
function picture(...rows: string[]) {
  const values = Float32Array.from(rows.join(""), (digit) => Number(digit) / 10);
  return { values, size: { width: rows[0].length, height: rows.length } };
}
/** Its values inside the area, and 0 elsewhere. */
const shown = ({ values, size: { width } }: ReturnType<typeof picture>, threshold: number) => {
  const area = largestArea(values, { width, height: values.length / width }, threshold);
  const inside = new Uint8Array(values.length);
  for (const { start, end } of area?.runs ?? [])
    for (let i = start; i < end; i++) inside[i] = Math.round(10 * values[i]);
  return Array.from({ length: values.length / width }, (_, row) =>
    inside.subarray(row * width, (row + 1) * width).join(""),
  );
};

test("the area with the largest sum is kept with its values, all else is gone", () => {
  const drawn = picture(
    "9900000", //
    "9900555",
    "0000555",
    "0400555",
  );
  // Four of 0.9 are less than nine of 0.5.
  expect(shown(drawn, 0.5)).toEqual(["0000000", "0000555", "0000555", "0000555"]);
  expect(shown(drawn, 0.6)).toEqual(["9900000", "9900000", "0000000", "0000000"]);
});

test("areas that touch by a corner are two; a winding one is one", () => {
  const corners = picture("8800", "8800", "0077");
  expect(shown(corners, 0.5)).toEqual(["8800", "8800", "0000"]);
  const winding = picture("55555", "00005", "55555", "50000", "55559");
  expect(shown(winding, 0.5)).toEqual(["55555", "00005", "55555", "50000", "55559"]);
});

test("rows do not run on at the picture's edge", () => {
  expect(shown(picture("0009", "9000", "9000"), 0.5)).toEqual(["0000", "9000", "9000"]);
});

test("the threshold belongs to it; nothing at or over it is nothing", () => {
  const values = Float32Array.of(0.25, 0.25, 0);
  const size = { width: 3, height: 1 };
  expect(largestArea(values, size, 0.25)).toMatchObject({ runs: [{ start: 0, end: 2 }], sum: 0.5, count: 2 });
  expect(largestArea(values, size, 0.26)).toBeNull();
  expect(largestArea(new Float32Array(3), size, 0.25)).toBeNull();
});

test("no area anywhere has a larger sum, by another way of finding them", () => {
  const pictures = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 42, maxLength: 42 });
  fc.assert(
    fc.property(pictures, (digits) => {
      const values = Float32Array.from(digits, (digit) => digit / 10);
      const found = largestArea(values, { width: 7, height: 6 }, 0.45);
      const sums = sumsByMerging(values, 7, 0.45);
      expect(found?.sum ?? 0).toBeCloseTo(Math.max(0, ...sums), 4);
      expect(sumIn(values, found)).toBeCloseTo(found?.sum ?? 0, 4);
    }),
    { numRuns: 200 },
  );
});

test("a sum counts every value, also those beyond the last four", () => {
  for (let count = 0; count < 10; count++) {
    const values = Float32Array.from({ length: count }, (_, i) => 2 ** i);
    expect(sumOf(values)).toBe(2 ** count - 1);
  }
});

const sumIn = (values: Float32Array, area: Area | null) =>
  (area?.runs ?? []).reduce(
    (sum, { start, end }) => values.subarray(start, end).reduce((total, value) => total + value, sum),
    0,
  );

/** Every pixel its own group, and neighbours merged until nothing changes. */
function sumsByMerging(values: Float32Array, width: number, threshold: number): number[] {
  const group = Array.from(values, (value, i) => (value >= threshold ? i : -1));
  for (let isStable = false; !isStable; ) {
    isStable = true;
    for (let i = 0; i < group.length; i++) {
      const neighbours = [i % width < width - 1 ? i + 1 : i, i + width < group.length ? i + width : i];
      for (const j of neighbours) {
        if (group[i] < 0 || group[j] < 0 || group[i] === group[j]) continue;
        const [low, high] = [Math.min(group[i], group[j]), Math.max(group[i], group[j])];
        for (let k = 0; k < group.length; k++) if (group[k] === high) group[k] = low;
        isStable = false;
      }
    }
  }
  return [...new Set(group)]
    .filter((label) => label >= 0)
    .map((label) => values.reduce((sum, value, i) => (group[i] === label ? sum + value : sum), 0));
}
