import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { OWN_METRICS } from "../../../stacks/metrics";
import { type Stage, text } from "../stage-view";

const FUNCTIONS = "packages/functions/src";

export function monitoring(dev: () => Stage) {
  describe("monitoring", () => {
    test("every metric of ours that is shown or watched is emitted somewhere", () => {
      const sources = readdirSync(FUNCTIONS, { recursive: true, encoding: "utf8" }).filter(
        (path) => path.endsWith(".ts") && !path.endsWith(".test.ts"),
      );
      const code = sources.map((path) => readFileSync(`${FUNCTIONS}/${path}`, "utf8")).join("\n");
      expect(OWN_METRICS.filter((name) => !code.includes(`"${name}"`))).toEqual([]);
    });

    test("every alarm tells the topic, and is quiet while nothing happens", () => {
      const alarms = dev().all("AWS::CloudWatch::Alarm");
      expect(alarms.map(({ properties }) => properties.AlarmName).sort()).toEqual([
        "sluice-dev-dead-letters",
        "sluice-dev-errors",
        "sluice-dev-host-without-lease",
        "sluice-dev-run-failed",
        "sluice-dev-slow",
      ]);
      for (const { properties } of alarms) {
        expect((properties.AlarmActions as unknown[]).map(text)).toEqual(["Alarms"]);
        expect(properties.TreatMissingData).toBe("notBreaching");
      }
    });

    test("the error rate counts our errors per request", () => {
      const { Metrics, Threshold } = dev().one("AWS::CloudWatch::Alarm", "errors").properties;
      expect((Metrics as { Expression?: string }[])[0]?.Expression).toBe("100 * errors / requests");
      expect(Threshold).toBe(1);
    });

    test("there is a dashboard of the stage", () => {
      const [dashboard] = dev().all("AWS::CloudWatch::Dashboard");
      expect(dashboard?.properties.DashboardName).toBe("sluice-dev");
      const titles = [...text(dashboard?.properties.DashboardBody).matchAll(/"title":"([^"]+)"/g)];
      expect(titles.map(([, title]) => title)).toEqual([
        "Alarms",
        "API: requests and errors",
        "API: latency, ms",
        "Runs: how they ended",
        "Runs: duration, ms",
        "Dice of each model version",
        "Host: hours a day, and cost of a run in USD",
      ]);
    });
  });
}
