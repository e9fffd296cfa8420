import { readFileSync } from "node:fs";
import { GatePolicy, seededRandom } from "@sluice/core";
import { expect, test } from "vitest";
import { confidence, rates } from "./rates";
import { realScores } from "./scores";
import { settingsLine } from "./tables";
import { type Setting, trial } from "./trial";

const policy = GatePolicy.parse({});
const scores = realScores();

/** Fixed seeds: the same trials each time. What is judged is the bound of the true rate, at 95 %. */
const bounds = (setting: Setting, trials: number) =>
  confidence(rates(scores, setting, policy, { trials, seed: 2_025 }));

test.each([
  [30, 2_000],
  [120, 300],
])("on %i photos at most a tenth of equal models is promoted", (photos, trials) => {
  const [, high] = bounds({ photos, improvement: 0 }, trials);
  expect(high).toBeLessThan(0.1);
});

test("a model better by one Dice point is promoted on 120 photos in at least 80 %", () => {
  const [low] = bounds({ photos: 120, improvement: 0.01 }, 500);
  expect(low).toBeGreaterThan(0.8);
});

test("a photo on which one of the two fails alone does not decide", () => {
  const failing = { photos: 120, improvement: 0.01, loneFailures: 0.01 };
  const [capped, uncapped] = [policy.differenceCap, 1].map((differenceCap) =>
    confidence(rates(scores, failing, { ...policy, differenceCap }, { trials: 100, seed: 2_025 })),
  );
  expect(capped[0]).toBeGreaterThan(0.7);
  expect(uncapped[1]).toBeLessThan(capped[0]);
});

test("a model worse by one Dice point is hardly ever promoted", () => {
  const [, high] = bounds({ photos: 120, improvement: -0.01 }, 150);
  expect(high).toBeLessThan(0.03);
});

test("docs/gate.md was measured with today's settings and scores", () => {
  const page = readFileSync(new URL("../../docs/gate.md", import.meta.url), "utf8");
  expect(page).toContain(settingsLine(policy, scores));
});

const two = (first: number[], second: number[]) => {
  const images = (dices: number[]) =>
    dices.map((dice, i) => ({ id: `p${i}`, dice, iou: dice / (2 - dice), slices: [] }));
  return { about: "two models on two photos", first: images(first), second: images(second) };
};

test("equal models: a photo's scores stay together, and a coin says whose are whose", () => {
  const { challenger, champion } = trial(
    two([0.9, 0.4], [0.8, 0.6]),
    { photos: 4_000, improvement: 0 },
    seededRandom(1),
  );
  if (!(typeof champion === "object" && "report" in champion)) throw new Error("no champion");
  const seen = challenger.images.map((image, i) => `${image.dice} ${champion.report.images[i].dice}`);
  const count = (pair: string) => seen.filter((s) => s === pair).length;
  const counts = ["0.9 0.8", "0.8 0.9", "0.4 0.6", "0.6 0.4"].map(count);
  expect(counts.reduce((sum, c) => sum + c)).toBe(4_000);
  for (const c of counts) expect(Math.abs(c - 1_000)).toBeLessThan(100);
});

test.each([
  [0.05, "challenger"],
  [-0.05, "champion"],
])("an improvement of %f closes a fifth of each gap of the %s", (improvement, better) => {
  const { challenger, champion } = trial(
    two([0.75, 0.75], [0.75, 0.75]),
    { photos: 10, improvement },
    seededRandom(1),
  );
  if (!(typeof champion === "object" && "report" in champion)) throw new Error("no champion");
  const [up, same] = better === "challenger" ? [challenger, champion.report] : [champion.report, challenger];
  expect(up.dice).toBeCloseTo(0.8, 12);
  expect(up.iou).toBeCloseTo(0.8 / 1.2, 12);
  expect(same.dice).toBeCloseTo(0.75, 12);
});

test("nothing is better than the gap allows", () => {
  const perfect = two([1, 1], [1, 0.98]);
  expect(() => trial(perfect, { photos: 1, improvement: 0.01 }, seededRandom(1))).toThrow("0.005");
});

test("the bounds of 5 promoted in 100 and of none in 200", () => {
  expect(confidence({ promoted: 5, trials: 100 })).toEqual([
    expect.closeTo(0.0215, 4),
    expect.closeTo(0.1118, 4),
  ]);
  expect(confidence({ promoted: 0, trials: 200 })).toEqual([0, expect.closeTo(0.0188, 4)]);
});
