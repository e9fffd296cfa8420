import { describe, expect, test } from "vitest";
import { ReleasePolicy } from "../settings";
import type { Figures } from "./figures";
import { judge, judgeEarly } from "./judge";

const policy = ReleasePolicy.parse({});
const fine: Figures = { requests: 100, errors: 0, p99Ms: 120, area: 0.1, confidence: 0.9 };
const none: Figures = { requests: 0, errors: 0, p99Ms: null, area: null, confidence: null };
const nothing = { champion: none, canary: none };
const live = (canary: Partial<Figures>, champion: Partial<Figures> = {}) => ({
  live: { champion: { ...fine, ...champion }, canary: { ...fine, ...canary } },
  replayed: nothing,
});

test("a canary like the champion is good", () => {
  expect(judge(live({}), policy)).toMatchObject({ verdict: "good" });
  expect(judgeEarly(live({}), policy)).toBeNull();
});

describe("it is bad, at once, with", () => {
  test.each([
    ["5 % errors", { errors: 5 }, "5 of 100 requests failed"],
    [
      "a p99 beyond the most",
      { p99Ms: 2_001 },
      "99 % of its requests take up to 2001 ms, and 2000 ms is the most",
    ],
    [
      "a p99 far beyond the champion's",
      { p99Ms: 400 },
      "99 % of its requests take up to 400 ms, the champion's 120 ms",
    ],
    ["windows too large", { area: 0.16 }, "its windows fill 16.0 % of the requests, the champion's 10.0 %"],
    ["windows too small", { area: 0.06 }, "its windows fill 6.0 % of the requests, the champion's 10.0 %"],
    [
      "no window at all",
      { area: 0, confidence: null },
      "its windows fill 0.0 % of the requests, the champion's 10.0 %",
    ],
    ["little confidence", { confidence: 0.7 }, "its confidence is 0.70 on requests, the champion's 0.90"],
  ])("%s", (_, canary, reason) => {
    const seen = live(canary);
    expect(judgeEarly(seen, policy)).toMatchObject({ verdict: "bad" });
    expect(judgeEarly(seen, policy)?.reasons[0]).toBe(reason);
    expect(judge(seen, policy).verdict).toBe("bad");
    const replayed = judge({ live: nothing, replayed: seen.live }, policy);
    expect(replayed.reasons[0]).toBe(reason.replace("requests", "replayed photos"));
  });
});

test.each([
  ["4 % errors", { errors: 4 }],
  ["a p99 at three times the champion's", { p99Ms: 360 }],
  ["windows half as large again", { area: 0.149 }],
  ["confidence a little lower", { confidence: 0.76 }],
])("%s is within the bounds", (_, canary) => {
  expect(judge(live(canary), policy).verdict).toBe("good");
});

test("one error of a few is not the end; three of a few are", () => {
  expect(judgeEarly(live({ requests: 2, errors: 1 }), policy)).toBeNull();
  expect(judgeEarly(live({ requests: 3, errors: 3 }), policy)).toMatchObject({ verdict: "bad" });
});

test("means of a few say nothing", () => {
  expect(judgeEarly(live({ requests: 19, area: 0.9, p99Ms: 5_000 }), policy)).toBeNull();
});

test("too few requests are inconclusive; replayed photos make up the number", () => {
  const few = live({ requests: 30 });
  expect(judge(few, policy)).toEqual({
    verdict: "inconclusive",
    reasons: ["it answered 30 requests and 0 replayed photos; 50 are needed to judge it"],
  });
  const replayed = { champion: { ...fine, requests: 20 }, canary: { ...fine, requests: 20 } };
  expect(judge({ ...few, replayed }, policy)).toMatchObject({ verdict: "good" });
});
