import { expect, test } from "vitest";
import { roleOf } from "./role";

const ids = Array.from({ length: 2_000 }, (_, i) => `request-${i}`);
const canaries = (weight: number) => ids.filter((id) => roleOf(id, { weight }) === "canary");

test("a tenth of the requests is the canary's, and the same ones each time", () => {
  const found = canaries(0.1);
  expect(found.length).toBeGreaterThan(160);
  expect(found.length).toBeLessThan(240);
  expect(canaries(0.1)).toEqual(found);
});

test("whoever is the canary's at a small weight is at a larger one", () => {
  const larger = new Set(canaries(0.3));
  expect(canaries(0.1).every((id) => larger.has(id))).toBe(true);
});

test("no request at 0, every one at 1", () => {
  expect(canaries(0)).toEqual([]);
  expect(canaries(1)).toHaveLength(2_000);
});
