import { expect, test } from "vitest";
import { clockCheck } from "./account";

const NOON = Date.UTC(2026, 0, 1, 12);

test.each([
  [3_000, "ok"],
  [-59_000, "ok"],
  [-90_000, "fallback"],
  [240_000, "fallback"],
  [301_000, "missing"],
  [-3_600_000, "missing"],
])("a clock that is %i ms away is %s", (skew, state) => {
  expect(clockCheck(NOON, NOON + skew).state).toBe(state);
});
