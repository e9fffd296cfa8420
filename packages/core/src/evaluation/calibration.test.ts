import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrate } from "./calibration";
import { imageScoring } from "./testing";

const photo = (confidence: number, precision: number | null) =>
  imageScoring("a", 0.9, { confidence, precision });

test("few photos are one group: its mean confidence against its mean precision", () => {
  const { groups, error, unmarked } = calibrate([photo(0.75, 0.5), photo(0.25, 1), photo(0, null)]);
  expect(groups).toEqual([{ count: 2, confidence: 0.5, precision: 0.75 }]);
  expect([error, unmarked]).toEqual([0.25, 1]);
});

test("groups go from the least to the most confident, equally many each", () => {
  const sure = Array.from({ length: 8 }, () => photo(0.75, 0.5));
  const unsure = Array.from({ length: 8 }, () => photo(0.5, 0.5));
  const { groups, error } = calibrate([...sure, ...unsure]);
  expect(groups).toEqual([
    { count: 8, confidence: 0.5, precision: 0.5 },
    { count: 8, confidence: 0.75, precision: 0.5 },
  ]);
  expect(error).toBe(0.125);
});

test("where nothing is marked there is no error to tell", () => {
  expect(calibrate([photo(0, null)])).toEqual({ groups: [], error: null, unmarked: 1 });
  expect(calibrate([])).toEqual({ groups: [], error: null, unmarked: 0 });
});

test("every marked photo is in one group, and the error is at most 1", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(share, fc.option(share)), { maxLength: 120 }), (photos) => {
      const { groups, error, unmarked } = calibrate(photos.map(([c, p]) => photo(c, p)));
      expect(groups.reduce((sum, { count }) => sum + count, unmarked)).toBe(photos.length);
      expect(error ?? 0).toBeLessThanOrEqual(1);
      expect(groups.length).toBeLessThanOrEqual(10);
    }),
  );
});
