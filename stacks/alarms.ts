import { Duration } from "aws-cdk-lib";
import * as cw from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Stack } from "sst/constructs";
import { apiMetric, ownMetric } from "./metrics";
import type { Stage } from "./stage";

interface Watched {
  stage: Stage;
  apiId: string;
  machine: StateMachine;
  deadLetters: Queue;
  topic: ITopic;
}

/** API Gateway's own latency: a sleeping Lambda has to load the model first, so this is generous. */
export const P99_MS = 10_000;

/** What somebody should know of now. Missing data is good: nothing was asked, or nothing ran. */
export function alarmsIn(stack: Stack, { stage, apiId, machine, deadLetters, topic }: Watched): cw.Alarm[] {
  const alarm = (
    id: string,
    alarmDescription: string,
    metric: cw.IMetric,
    threshold: number,
    periods = 1,
  ) => {
    const made = new cw.Alarm(stack, id, {
      alarmName: `sluice-${stage.name}-${id}`,
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: periods,
      comparisonOperator: cw.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cw.TreatMissingData.NOT_BREACHING,
    });
    made.addAlarmAction(new SnsAction(topic));
    made.addOkAction(new SnsAction(topic));
    return made;
  };
  const errorRate = new cw.MathExpression({
    expression: "100 * errors / requests",
    usingMetrics: {
      errors: apiMetric(apiId, "5xx", "Sum"),
      requests: apiMetric(apiId, "Count", "Sum"),
    },
    period: Duration.minutes(5),
    label: "Errors of the API, %",
  });
  const broken = new cw.MathExpression({
    expression: "failed + timedOut",
    usingMetrics: {
      failed: machine.metricFailed({ period: Duration.minutes(5) }),
      timedOut: machine.metricTimedOut({ period: Duration.minutes(5) }),
    },
    period: Duration.minutes(5),
    label: "Runs that failed",
  });
  const left = deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum" });
  return [
    alarm("errors", "More than 1 % of the API's answers are errors of ours: see its log", errorRate, 1, 3),
    alarm("slow", `p99 of the API is over ${P99_MS} ms`, apiMetric(apiId, "Latency", "p99"), P99_MS, 3),
    alarm("run-failed", "A run failed: sluice runs says why, sluice runs resume goes on with it", broken, 0),
    alarm(
      "host-without-lease",
      "The watchdog found the host running for nobody, and stopped it: another layer did not",
      ownMetric(stage, "HostWithoutLease", "watchdog"),
      0,
    ),
    alarm("dead-letters", "Events that no function could take lie in the dead-letter queue", left, 0),
  ];
}
