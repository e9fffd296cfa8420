import { MetricUnit } from "@aws-lambda-powertools/metrics";
import * as z from "zod";
import { watchdog } from "../steps/watchdog";
import { host } from "./host-ports";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";

const world = { clock, documents, host, settings };

/** On a schedule: every `settings.watchdogMinutes`. */
export const handler = onAws(watchdog, world, {
  input: z.unknown(),
  measure: ({ host: status, isWithoutLease }, metrics) => {
    const minutes = status === "stopped" ? 0 : settings().watchdogMinutes;
    metrics.addMetric("HostWithoutLease", MetricUnit.Count, isWithoutLease ? 1 : 0);
    metrics.addMetric("HostHours", MetricUnit.NoUnit, minutes / 60);
  },
});
