import { describe, expect, test } from "vitest";
import { stageConfig } from "../../../../stacks/stage";
import { run } from "../cli";
import { recordingIo } from "../testing";
import { estimate, type Line, type Usage } from "./estimate";
import { partsOf } from "./parts";
import { pricesOf } from "./prices";

const USAGE: Usage = { trainingMinutes: 20, pairs: 987, runsPerMonth: 10, predictionsPerMonth: 10_000 };
const MONTHLY_LIMIT = 4;
const PARTS = partsOf(stageConfig("dev", {}));
const GITHUB = JSON.stringify({ owner: "o", repo: "r", appId: 1, installationId: 2 });

const priceOf = (lines: Line[], name: string) => lines.find((line) => line.name === name)?.usd;

describe("a month in which nothing happens", () => {
  test.each([["eu-west-1"], ["us-east-1"]])(
    "stays under four dollars in %s, the host's disk included",
    (region) => {
      for (const stage of ["dev", "staging", "dev-anna"]) {
        const parts = partsOf(stageConfig(stage, { SLUICE_GITHUB: GITHUB }));
        const { totals } = estimate(parts, USAGE, pricesOf(region));
        expect(totals.idle).toBeGreaterThan(2);
        expect(totals.idle).toBeLessThanOrEqual(MONTHLY_LIMIT);
      }
    },
  );

  test("follows the disk: the promise breaks at 60 GB, and the reference's 100 GB alone cost twice as much", () => {
    const idle = (diskGb: number) => estimate({ ...PARTS, diskGb }, USAGE, pricesOf("eu-west-1"));
    expect(priceOf(idle(30).idle, "EBS gp3")).toBeCloseTo(2.64, 6);
    expect(idle(60).totals.idle).toBeGreaterThan(MONTHLY_LIMIT);
    expect(priceOf(idle(100).idle, "EBS gp3")).toBeCloseTo(8.8, 6);
  });

  test("counts alarms and dashboards beyond the account's free ones, and a secret where GitHub is configured", () => {
    const idle = (more: Partial<typeof PARTS>) =>
      estimate({ ...PARTS, ...more }, USAGE, pricesOf("eu-west-1")).idle;
    expect(priceOf(idle({ alarms: 10 }), "CloudWatch alarms")).toBe(0);
    expect(priceOf(idle({ alarms: 13 }), "CloudWatch alarms")).toBeCloseTo(0.3, 6);
    expect(priceOf(idle({ dashboards: 4 }), "CloudWatch dashboard")).toBeCloseTo(3, 6);
    expect(priceOf(idle({ secrets: 0 }), "Secrets Manager")).toBe(0);
    expect(priceOf(idle({ secrets: 1 }), "Secrets Manager")).toBeCloseTo(0.4, 6);
  });

  test("of a stage that serves always holds the host and its address: 730 hours", () => {
    const { idle } = estimate({ ...PARTS, servesAlways: true }, USAGE, pricesOf("eu-west-1"));
    expect(priceOf(idle, "EC2 t3.large")).toBeCloseTo(66.576, 3);
    expect(priceOf(idle, "public IPv4, always")).toBeCloseTo(3.65, 3);
  });
});

test("a run is the host's minutes first of all; its burst and its states are named", () => {
  const { run: lines, totals } = estimate(PARTS, USAGE, pricesOf("eu-west-1"));
  expect(priceOf(lines, "EC2 t3.large")).toBeCloseTo((25 / 60) * 0.0912, 6);
  expect(priceOf(lines, "public IPv4")).toBeCloseTo((25 / 60) * 0.005, 6);
  expect(priceOf(lines, "EC2 burst")).toBeCloseTo((20 / 60) * 2 * 0.7 * 0.05, 6);
  expect(priceOf(lines, "Step Functions")).toBeCloseTo((45 + 3 * 40) * 0.000025, 6);
  expect(priceOf(lines, "Lambda, photos")).toBeCloseTo(987 * 0.6 * 2.94 * 0.0000166667, 6);
  expect(priceOf(lines, "CloudWatch metrics")).toBeCloseTo((45 / 730) * 0.3, 6);
  expect(totals.run).toBeLessThan(0.2);
  expect(totals.month).toBeCloseTo(totals.idle + 10 * totals.run + 10 * totals.thousandPredictions, 6);
});

describe("sluice cost", () => {
  const sluice = async (...words: string[]) => {
    const kept = recordingIo();
    const code = await run(words, (asked) => Object.assign(kept.io, asked));
    return { code, out: kept.answered.join("\n"), err: kept.complained.join("\n") };
  };

  test("prints every line with what it is, and the date of its prices", async () => {
    const { code, out } = await sluice("cost", "--region", "eu-west-1");
    expect(code).toBe(0);
    expect(out).toContain("Stage dev in eu-west-1: US dollars, list prices as of 2025-06");
    expect(out).toMatch(/EBS gp3 +\$2\.64 +30 GB, also while the host sleeps/);
    expect(out).toContain("A disk of 100 GB alone would be $8.80 a month.");
  });

  test("as JSON gives the sums", async () => {
    const { out } = await sluice("cost", "--json", "--region", "us-east-1", "--minutes", "60", "--runs", "1");
    const { totals, run: lines, usage } = JSON.parse(out);
    expect(usage).toMatchObject({ trainingMinutes: 60, runsPerMonth: 1 });
    expect(lines[0]).toMatchObject({ name: "EC2 t3.large", how: "65 min" });
    expect(totals.idle).toBeLessThanOrEqual(MONTHLY_LIMIT);
  });

  test.each([
    [["--stage", "prd"], "usage.invalid: There is no stage prd. Stages are dev, staging, prod"],
    [["--region", "mars-north-1"], "usage.invalid: No prices are known for mars-north-1. Known:"],
    [["--minutes", "soon"], 'usage.invalid: --minutes is "soon", not a number'],
  ])("refuses %j", async (words, message) => {
    const { code, err } = await sluice("cost", ...words);
    expect(code).toBe(2);
    expect(err.startsWith(message)).toBe(true);
  });
});
