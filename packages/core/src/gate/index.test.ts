import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PerImage, type Report, summarise } from "../evaluation";
import { imageScoring } from "../evaluation/testing";
import { GatePolicy } from "../settings";
import { type Case, decide } from "./index";

const policy = GatePolicy.parse({});
const servability = { photos: 8, agreement: 1, latencyMsP95: 40, error: null };
const DATASET = "d".repeat(64);

function report(dices: number[], slices: PerImage["slices"][] = []): Report {
  const images = dices.map((dice, i) => imageScoring(`p${i}`, dice, { slices: slices[i] ?? [] }));
  return {
    datasetVersion: DATASET,
    split: "test",
    bundleDigest: "b".repeat(64),
    images,
    ...summarise(images),
    latencyMs: { p50: 20, p95: 40 },
  };
}
const against = (challenger: Report, champion: Report): Case => ({
  challenger,
  champion: { number: 1, report: champion },
  servability,
});
const broken = (c: Case) =>
  decide(c, policy)
    .reasons.filter((r) => !r.holds)
    .map((r) => r.rule);

describe("promotes", () => {
  test("the first model above the floors", () => {
    const verdict = decide({ challenger: report([0.9, 0.8]), champion: "none", servability }, policy);
    expect(verdict).toMatchObject({ decision: "promote", champion: null, probability: null });
    expect(verdict.reasons.map((r) => r.rule)).toEqual(["floors", "servable"]);
  });

  test("a model better on every picture, for all reasons given", () => {
    const verdict = decide(against(report([0.92, 0.9, 0.95]), report([0.9, 0.85, 0.9])), policy);
    expect(verdict).toMatchObject({ decision: "promote", champion: 1, probability: 1 });
    expect(verdict.reasons.map((r) => r.rule)).toEqual([
      "evaluable",
      "floors",
      "better",
      "bootstrap",
      "slices",
      "servable",
    ]);
  });
});

test("slices with too few photos are not judged, and named", () => {
  const slices = Array.from({ length: 20 }, (_, i): PerImage["slices"] => (i < 4 ? ["dark"] : ["rotated"]));
  const challenger = report([...Array(4).fill(0.5), ...Array(16).fill(0.95)], slices);
  const verdict = decide(against(challenger, report(Array(20).fill(0.8), slices)), policy);
  expect(verdict.reasons.find((r) => r.rule === "slices")).toMatchObject({
    holds: true,
    message: "no slice falls by more than 0.05; with too few photos to judge: dark (4)",
  });
});

test("what is no case is refused by its fields", () => {
  const servability = { photos: -1, agreement: 1, latencyMsP95: 40, error: null };
  expect(() => decide({ challenger: report([0.9]), champion: "none", servability }, policy)).toThrow(
    /^servability.photos: /,
  );
});

describe("keeps, and says why", () => {
  test("below the floor", () => {
    expect(broken({ challenger: report([0.5, 0.6]), champion: "none", servability })).toEqual(["floors"]);
  });

  test("an empty test split", () => {
    expect(broken({ challenger: report([]), champion: "none", servability })).toContain("floors");
  });

  test("the very same model", () => {
    const scores = report([0.9, 0.8, 0.85]);
    expect(broken(against(scores, scores))).toEqual(["better", "bootstrap"]);
  });

  test("better by luck: one picture up, most down", () => {
    const champion = report([0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9]);
    const challenger = report([0.99, 0.88, 0.88, 0.88, 0.88, 0.88, 0.88, 0.88]);
    expect(broken(against(challenger, champion))).toEqual(["bootstrap"]);
  });

  test("one picture repaired is no better model, whatever it adds to the mean", () => {
    const champion = report([0, ...Array(29).fill(0.9)]);
    const challenger = report([0.9, ...Array(15).fill(0.894), ...Array(14).fill(0.9)]);
    const verdict = decide(against(challenger, champion), policy);
    expect(verdict.decision).toBe("keep");
    const uncapped = decide(against(challenger, champion), { ...policy, differenceCap: 1 });
    expect(verdict.probability).toBeLessThan(uncapped.probability ?? 0);
  });

  test("a slice that falls", () => {
    const slices = Array.from({ length: 20 }, (_, i): PerImage["slices"] => (i < 5 ? ["dark"] : []));
    const champion = report(Array(20).fill(0.85), slices);
    const challenger = report([...Array(5).fill(0.78), ...Array(15).fill(0.95)], slices);
    const verdict = decide(against(challenger, champion), policy);
    expect(verdict.reasons.find((r) => r.rule === "slices")).toMatchObject({
      holds: false,
      message: "dark falls by 0.0700 on 5 photos",
    });
  });

  test.each([
    ["lacks", [...Array(5).fill([]), ...Array(15).fill(["rotated"])]],
    ["has only in part", [...Array(2).fill(["dark"]), ...Array(3).fill([]), ...Array(15).fill(["rotated"])]],
  ])("a slice that the challenger's report %s", (_, slices) => {
    const before = [...Array(5).fill(["dark"]), ...Array(15).fill(["rotated"])];
    const challenger = report(Array(20).fill(0.95), slices);
    const verdict = decide(against(challenger, report(Array(20).fill(0.85), before)), policy);
    const { holds, message } = verdict.reasons.find((r) => r.rule === "slices") ?? {};
    expect({ holds, decision: verdict.decision }).toEqual({ holds: false, decision: "keep" });
    expect(message).toMatch(/^dark has [02] photos, for the champion 5$/);
  });

  test.each([
    ["refused by the serving app", { ...servability, error: "no session" }],
    ["asked nothing", { ...servability, photos: 0 }],
    ["served masks differ", { ...servability, agreement: 0.99 }],
    ["too slow", { ...servability, latencyMsP95: 2_500 }],
  ])("not servable: %s", (_, servability) => {
    expect(broken({ challenger: report([0.9]), champion: "none", servability })).toEqual(["servable"]);
  });

  test("an unreadable champion is never a baseline of 0", () => {
    const champion = { number: 3, unreadable: "model.onnx does not match its digest" };
    const verdict = decide({ challenger: report([1, 1]), champion, servability }, policy);
    expect(verdict).toMatchObject({ decision: "keep", champion: 3, probability: null });
  });

  test("other pictures, or another dataset version", () => {
    const challenger = report([0.95, 0.95]);
    const fewer = report([0.8]);
    const older = { ...report([0.8, 0.8]), datasetVersion: "e".repeat(64) };
    expect(broken(against(challenger, fewer))).toEqual(["evaluable"]);
    expect(broken(against(challenger, older))).toEqual(["evaluable"]);
  });
});

const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

test("of two models at most one beats the other", () => {
  const quick = { ...policy, resamples: 200, diceFloor: 0, iouFloor: 0 };
  const pairs = scores.chain((a) =>
    fc.tuple(
      fc.constant(a),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: a.length, maxLength: a.length }),
    ),
  );
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const forth = decide(against(report(a), report(b)), quick).decision;
      const back = decide(against(report(b), report(a)), quick).decision;
      expect([forth, back]).not.toEqual(["promote", "promote"]);
    }),
  );
});

test("the same case gets the same verdict", () => {
  fc.assert(
    fc.property(scores, (a) => {
      const c = against(report(a.map((v) => Math.min(1, v + 0.01))), report(a));
      expect(decide(c, policy)).toEqual(decide(c, policy));
    }),
    { numRuns: 10 },
  );
});
