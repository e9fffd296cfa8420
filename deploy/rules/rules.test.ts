import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { needs } from "../testing";

const RULES = join(import.meta.dirname, "../chart/rules");
const Rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string().optional() })) })),
});
const Tests = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z
        .array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }))
        .optional(),
    }),
  ),
});
const read = (path: string): unknown => parse(readFileSync(path, "utf8"));
const paths = (folder: string, end: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));

test("every alert is tested, both silent and firing", () => {
  const alerts = Rules.parse(read(join(RULES, "alerts.yaml"))).groups.flatMap(({ rules }) =>
    rules.map(({ alert }) => alert),
  );
  const tests = paths(import.meta.dirname, ".test.yaml").flatMap((path) => Tests.parse(read(path)).tests);
  const looks = tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
  const named = (fires: boolean) =>
    looks.filter((look) => look.exp_alerts.length > 0 === fires).map((look) => look.alertname);
  expect(alerts.length).toBeGreaterThan(10);
  for (const alert of alerts) {
    expect(named(true), `${alert} fires in no test`).toContain(alert);
    expect(named(false), `${alert} is silent in no test`).toContain(alert);
  }
});

test.skipIf(!needs("promtool", "prometheus"))("promtool accepts the rules, and their tests pass", () => {
  execFileSync("promtool", ["check", "rules", ...paths(RULES, ".yaml")], { stdio: "pipe" });
  const out = execFileSync("promtool", ["test", "rules", ...paths(import.meta.dirname, ".test.yaml")], {
    encoding: "utf8",
  });
  expect(out.match(/SUCCESS/g)).toHaveLength(4);
});
