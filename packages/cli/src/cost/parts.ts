import type { Stage } from "../../../../stacks/stage";
import type { Parts } from "./estimate";

/** Metrics that alarms look at, and dashboards, as the stacks make them: a test of the stacks counts after it. */
export const ALARMS = 7;
export const DASHBOARDS = 1;

type Priced = Pick<Stage, "instanceType" | "diskGb" | "servesAlways" | "github" | "settings">;

export const partsOf = ({ instanceType, diskGb, servesAlways, github, settings }: Priced): Parts => ({
  instanceType,
  diskGb,
  servesAlways,
  watchdogMinutes: settings.watchdogMinutes,
  secrets: github ? 1 : 0,
  alarms: ALARMS,
  dashboards: DASHBOARDS,
});
