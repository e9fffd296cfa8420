import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as events from "aws-cdk-lib/aws-events";
import * as targets from "aws-cdk-lib/aws-events-targets";
import type { Function as Lambda } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import * as sqs from "aws-cdk-lib/aws-sqs";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import { type Stack, type StackContext, use } from "sst/constructs";
import type { Resources } from "./access";
import { Api } from "./api";
import { codeCommit } from "./code-commit";
import { lambdaFunction } from "./functions";
import { hostIn } from "./host";
import { Host } from "./host-stack";
import { EVENT_NEEDS, type Needs, STEP_NEEDS } from "./lambdas";
import { machineName } from "./names";
import { sharpLayer } from "./packaging/natives";
import { PIPELINE_TIMEOUT, pipelineDefinition, STEPS, type Step } from "./pipeline-definition";
import { servedOnHost } from "./pods-access";
import { resourcesOf } from "./resources";
import { Storage } from "./storage";
import { announceWorld } from "./world";

const RETRIES = { retryAttempts: 8, maxEventAge: Duration.hours(6) };

/** The state machine with a Lambda for each step, what starts it, and what stops the host whatever comes of it. */
export function Pipeline({ stack, app }: StackContext) {
  const resources = withHost(stack, resourcesOf(app));
  const { stage, instanceId } = resources;
  const { functions, startRun, stopRun, watchdog, overBudget, deadLetters } = lambdas(stack, resources);

  const machine = new sfn.StateMachine(stack, "Machine", {
    stateMachineName: machineName(stage),
    definitionBody: pipelineDefinition(stack, functions, stage.settings.validation),
    timeout: PIPELINE_TIMEOUT,
    tracingEnabled: true,
    logs: {
      // Vended logs are delivered under this prefix without widening the account's log policy each time.
      destination: new LogGroup(stack, "MachineLog", {
        logGroupName: `/aws/vendedlogs/states/${machineName(stage)}`,
        retention: stage.logDays,
        removalPolicy: RemovalPolicy.DESTROY, // a name that stayed would be in the way of a new deployment
      }),
      level: sfn.LogLevel.ALL,
      includeExecutionData: false, // it is in the run's document
    },
  });

  const calls = (lambda: Lambda) =>
    new targets.LambdaFunction(lambda, { deadLetterQueue: deadLetters, ...RETRIES });
  new events.Rule(stack, "BatchArrived", {
    description: "A batch is complete: start its run",
    eventPattern: arrivals(use(Storage).data.bucketName),
    targets: [calls(startRun)],
  });
  new events.Rule(stack, "RunBroken", {
    description: "A run ended without its own clean-up: end it, and stop the host",
    eventPattern: {
      source: ["aws.states"],
      detailType: ["Step Functions Execution Status Change"],
      detail: {
        status: ["FAILED", "TIMED_OUT", "ABORTED"],
        stateMachineArn: [machine.stateMachineArn],
      },
    },
    targets: [calls(stopRun)],
  });
  new events.Rule(stack, "Watchdog", {
    description: "A host that runs while no run holds it is stopped",
    schedule: events.Schedule.rate(Duration.minutes(stage.settings.watchdogMinutes)),
    targets: [calls(watchdog)],
  });
  use(Host).overBudget.addSubscription(new LambdaSubscription(overBudget, { deadLetterQueue: deadLetters }));

  announceWorld(stack, resources).node.addDependency(machine); // last: then all of it is there
  stack.addOutputs({ StateMachineArn: machine.stateMachineArn, InstanceId: instanceId });
  return { machine, functions, startRun, stopRun, watchdog, overBudget, deadLetters };
}

/** The machine is in this stack, see host-stack.ts. */
function withHost(stack: Stack, resources: Resources) {
  const { stage, data, documents } = resources;
  const { instanceId } = hostIn(stack, { ...stage, stage: stage.name, bucket: data, table: documents });
  return { ...resources, instanceId };
}

/** A folder is complete with its marker, a zip by being there. */
const arrivals = (bucket: string): events.EventPattern => ({
  source: ["aws.s3"],
  detailType: ["Object Created"],
  detail: {
    bucket: { name: [bucket] },
    object: { key: [{ wildcard: "incoming/*/_SUCCESS" }, { wildcard: "incoming/*.zip" }] },
  },
});

function lambdas(stack: Stack, resources: Resources) {
  const { hostRelease } = use(Host);
  const { url } = use(Api);
  const layer = sharpLayer(stack);
  const deadLetters = new sqs.Queue(stack, "DeadLetters", {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    encryption: sqs.QueueEncryption.SQS_MANAGED,
  });
  const told = {
    codeCommit: { SLUICE_CODE_COMMIT: codeCommit() },
    hostRelease: { SLUICE_HOST_RELEASE: hostRelease },
    apiUrl: { SLUICE_API_URL: url },
    served: servedOnHost(resources.stage, hostRelease),
  };
  const make = (name: string, needs: Needs, events: { deadLetters?: sqs.IQueue } = {}) =>
    lambdaFunction(stack, name, resources, {
      access: needs,
      memoryMb: needs.memoryMb,
      timeout: Duration.minutes(needs.minutes ?? 1),
      layers: needs.photos ? [layer] : [],
      environment: Object.assign(
        { SLUICE_SETTINGS: JSON.stringify(resources.stage.settings) },
        ...(needs.told ?? []).map((what) => told[what]),
      ),
      ...events,
    });
  const functions = Object.fromEntries(STEPS.map((step) => [step, make(step, STEP_NEEDS[step])]));
  const onEvent = (name: keyof typeof EVENT_NEEDS) => make(name, EVENT_NEEDS[name], { deadLetters });
  return {
    functions: functions as Record<Step, Lambda>,
    startRun: onEvent("startRun"),
    stopRun: onEvent("stopRun"),
    watchdog: onEvent("watchdog"),
    overBudget: onEvent("overBudget"),
    deadLetters,
  };
}
