import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { StepInput } from "../step";
import { releaseHost } from "../steps/release-host";
import { host } from "./host-ports";
import { onAws } from "./on-aws";
import { clock, documents, settings } from "./ports";

const world = { clock, documents, host, settings };

export const handler = onAws(releaseHost, world, {
  input: StepInput,
  measure: ({ hostCostUsd }, metrics) => {
    if (hostCostUsd !== null) metrics.addMetric("RunCostUsd", MetricUnit.NoUnit, hostCostUsd);
  },
});
