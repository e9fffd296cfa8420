import * as cw from "aws-cdk-lib/aws-cloudwatch";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { type Stack, type StackContext, use } from "sst/constructs";
import { alarmsIn } from "./alarms";
import { Api } from "./api";
import { apiMetric, dicePerVersion, ownMetric } from "./metrics";
import { Pipeline } from "./pipeline";
import { type Stage, stageConfig } from "./stage";

/** What people look at, and what comes to them by itself. */
export function Monitoring({ stack, app }: StackContext) {
  const stage = stageConfig(app.stage);
  const { apiId } = use(Api).api;
  const { machine, deadLetters } = use(Pipeline);
  const topic = new Topic(stack, "Alarms", { displayName: `Sluice ${stage.name}`, enforceSSL: true });
  const conditions = { StringEquals: { "aws:SourceAccount": stack.account } };
  topic.grantPublish(new ServicePrincipal("cloudwatch.amazonaws.com", { conditions }));
  if (stage.alarmEmail) topic.addSubscription(new EmailSubscription(stage.alarmEmail));
  const alarms = alarmsIn(stack, { stage, apiId, machine, deadLetters, topic });
  dashboardIn(stack, stage, apiId, machine, alarms);
  stack.addOutputs({ AlarmTopic: topic.topicArn });
  return { topic, alarms };
}

function dashboardIn(stack: Stack, stage: Stage, apiId: string, machine: StateMachine, alarms: cw.Alarm[]) {
  const day = 24 * 60;
  const graph = (title: string, left: cw.IMetric[], right: cw.IMetric[] = []) =>
    new cw.GraphWidget({ title, left, right, width: 8, height: 6, leftYAxis: { min: 0 } });
  const dashboard = new cw.Dashboard(stack, "Dashboard", { dashboardName: `sluice-${stage.name}` });
  dashboard.addWidgets(new cw.AlarmStatusWidget({ title: "Alarms", alarms, width: 24, height: 2 }));
  dashboard.addWidgets(
    graph("API: requests and errors", [
      apiMetric(apiId, "Count", "Sum"),
      apiMetric(apiId, "4xx", "Sum"),
      apiMetric(apiId, "5xx", "Sum"),
    ]),
    graph("API: latency, ms", [apiMetric(apiId, "Latency", "p50"), apiMetric(apiId, "Latency", "p99")]),
    graph("Runs: how they ended", [
      machine.metricSucceeded(),
      machine.metricFailed(),
      machine.metricTimedOut(),
      machine.metricAborted(),
    ]),
  );
  dashboard.addWidgets(
    graph("Runs: duration, ms", [
      machine.metricTime({ statistic: "Average" }),
      machine.metricTime({ statistic: "Maximum" }),
    ]),
    graph("Dice of each model version", [dicePerVersion(stage)]),
    graph(
      "Host: hours a day, and cost of a run in USD",
      [ownMetric(stage, "HostHours", "watchdog", { minutes: day, label: "hours" })],
      [ownMetric(stage, "RunCostUsd", "releaseHost", { statistic: "Maximum", minutes: day, label: "USD" })],
    ),
  );
}
