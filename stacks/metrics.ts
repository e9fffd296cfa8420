import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { Stage } from "./stage";

/** Names of what our functions put into their logs (EMF); everything else is AWS's own. */
export const OWN_METRICS = [
  "StepFailed",
  "HostHours",
  "HostWithoutLease",
  "ChallengerDice",
  "RunCostUsd",
] as const;
type Own = (typeof OWN_METRICS)[number];

export const namespace = ({ name }: Stage) => `Sluice/${name}`;

/** A metric of ours, as the function `service` emits it. */
export const ownMetric = (
  stage: Stage,
  metricName: Own,
  service: string,
  { statistic = "Sum", minutes = 5, label }: { statistic?: string; minutes?: number; label?: string } = {},
) =>
  new Metric({
    namespace: namespace(stage),
    metricName,
    dimensionsMap: { service },
    statistic,
    period: Duration.minutes(minutes),
    label: label ?? `${metricName} of ${service}`,
  });

/** One line for each model version that was judged, also those to come. */
export const dicePerVersion = (stage: Stage) =>
  new MathExpression({
    expression: `SEARCH('{${namespace(stage)},modelVersion,service} MetricName="ChallengerDice"', 'Maximum', 3600)`,
    label: "",
    usingMetrics: {},
    period: Duration.hours(1),
  });

/** HTTP API: only what API Gateway itself measures. */
export const apiMetric = (
  apiId: string,
  metricName: "Count" | "5xx" | "4xx" | "Latency",
  statistic: string,
) =>
  new Metric({
    namespace: "AWS/ApiGateway",
    metricName,
    dimensionsMap: { ApiId: apiId },
    statistic,
    period: Duration.minutes(5),
    label: `${metricName} ${statistic}`,
  });
