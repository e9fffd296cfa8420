import { Duration } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import * as tasks from "aws-cdk-lib/aws-stepfunctions-tasks";
import type { Construct } from "constructs";

/** The handlers that the state machine calls, by the names they have in `packages/functions`. */
export const STEPS = [
  "planValidation",
  "validatePart",
  "validateBatch",
  "reportRejection",
  "commitDataset",
  "acquireHost",
  "startHost",
  "startTraining",
  "checkTraining",
  "decideGate",
  "keepChampion",
  "rollOut",
  "deployCanary",
  "observeCanary",
  "promoteChampion",
  "deployFull",
  "smokeTest",
  "rollBack",
  "openPullRequest",
  "enableAutoMerge",
  "releaseHost",
  "recordFailure",
] as const;
export type Step = (typeof STEPS)[number];

export const PIPELINE_TIMEOUT = Duration.hours(12);

interface Options {
  partsAtOnce?: number;
}

const ALL_ERRORS = { errors: [sfn.Errors.ALL], resultPath: "$.failure" };

/**
 * The run: the only definition of the state machine. The stack deploys what this returns, and the local runner
 * executes what it returns. Input: `{ "runId": "…" }`; every step reads the rest from the run's document.
 *
 * JSONPath and no `Assign`: the local interpreter runs neither JSONata nor variables.
 *
 * @param options.partsAtOnce parts of a large batch that are validated at once
 */
export function pipelineDefinition(
  scope: Construct,
  functions: Record<Step, IFunction>,
  { partsAtOnce = 40 }: Options = {},
): sfn.DefinitionBody {
  const task = taskFactory(scope, functions);
  const failed = recordFailure(scope, task, "");

  const release = task("ReleaseHost", "releaseHost").addCatch(failed, ALL_ERRORS);
  const releaseAfterFailure = task("ReleaseHostAfterFailure", "releaseHost", {
    resultPath: "$.release",
  }).addCatch(failed, { errors: [sfn.Errors.ALL], resultPath: "$.releaseFailure" });
  const session = new sfn.Parallel(scope, "HostSession", { resultPath: "$.session" })
    .branch(hostSession(scope, task))
    .addCatch(releaseAfterFailure.next(failed), ALL_ERRORS);
  const inSession = session.next(release).next(new sfn.Succeed(scope, "Finished"));

  const plan = task("PlanValidation", "planValidation", { resultPath: "$.plan" });
  const parts = validateParts(scope, task, partsAtOnce);
  const validate = task("ValidateBatch", "validateBatch", { resultPath: "$.validation" });
  const commit = task("CommitDataset", "commitDataset", { resultPath: "$.dataset" });
  const reject = task("ReportRejection", "reportRejection", { resultPath: "$.report" });
  for (const step of [plan, parts, validate, commit, reject]) step.addCatch(failed, ALL_ERRORS);

  const afterCommit = new sfn.Choice(scope, "IsDatasetNew")
    .when(sfn.Condition.stringEquals("$.dataset.outcome", "unchanged"), new sfn.Succeed(scope, "Unchanged"))
    .otherwise(inSession);
  const afterValidation = new sfn.Choice(scope, "IsBatchAccepted")
    .when(sfn.Condition.booleanEquals("$.validation.accepted", true), commit.next(afterCommit))
    .otherwise(reject.next(new sfn.Succeed(scope, "Rejected")));
  return sfn.DefinitionBody.fromChainable(plan.next(parts).next(validate).next(afterValidation));
}

type Task = ReturnType<typeof taskFactory>;

function taskFactory(scope: Construct, functions: Record<Step, IFunction>) {
  const runId = sfn.TaskInput.fromObject({ runId: sfn.JsonPath.stringAt("$.runId") });
  return (id: string, step: Step, options: { payload?: sfn.TaskInput; resultPath?: string } = {}) =>
    new tasks.LambdaInvoke(scope, id, {
      lambdaFunction: functions[step],
      payload: options.payload ?? runId,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false, // the retry below is the only one
      resultPath: options.resultPath ?? sfn.JsonPath.DISCARD,
      taskTimeout: sfn.Timeout.duration(Duration.minutes(14)),
    })
      .addRetry(BUSY)
      .addRetry({ errors: PASSING, interval: Duration.seconds(2), maxAttempts: 5, backoffRate: 2 })
      .addRetry({ errors: LOST, interval: Duration.seconds(5), maxAttempts: 1 });
}

/** All functions that the account may run at once do run, in a new account ten: parts of a batch take minutes each. */
const BUSY: sfn.RetryProps = {
  errors: ["Lambda.TooManyRequestsException"],
  interval: Duration.seconds(5),
  maxDelay: Duration.minutes(1),
  maxAttempts: 90,
  jitterStrategy: sfn.JitterType.FULL,
};
/** What passes by itself. Steps bear being asked again, so all of it is. */
const PASSING = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.ClientExecutionTimeoutException",
  "world.conflict",
  "world.throttled",
  "world.unreachable",
];
/** The step gave no answer, perhaps after minutes: once more, then a person is asked. */
const LOST = ["Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError", "States.Timeout"];

/**
 * Each part of the batch in an execution of its own, so that they are as many as they are. What fails in one is
 * recorded there: the map itself only says that a part has failed.
 */
function validateParts(scope: Construct, task: Task, partsAtOnce: number): sfn.DistributedMap {
  const part = task("ValidatePart", "validatePart", {
    payload: sfn.TaskInput.fromObject({
      runId: sfn.JsonPath.stringAt("$.runId"),
      part: sfn.JsonPath.numberAt("$.part"),
    }),
    resultPath: "$", // small: the map gathers what its executions answer
  }).addCatch(recordFailure(scope, task, "Part"), ALL_ERRORS);
  const parts = new sfn.DistributedMap(scope, "ValidateParts", {
    itemsPath: "$.plan.parts",
    itemSelector: {
      runId: sfn.JsonPath.stringAt("$.runId"),
      part: sfn.JsonPath.numberAt("$$.Map.Item.Value"),
    },
    maxConcurrency: partsAtOnce,
    mapExecutionType: sfn.StateMachineType.STANDARD, // an express one ends after five minutes
    resultPath: sfn.JsonPath.DISCARD,
  });
  return parts.itemProcessor(part);
}

/** Ends the run with what has failed; the first that is recorded counts. */
function recordFailure(scope: Construct, task: Task, of: "" | "Part"): sfn.IChainable {
  return task(`Record${of}Failure`, "recordFailure", {
    payload: sfn.TaskInput.fromObject({
      runId: sfn.JsonPath.stringAt("$.runId"),
      failure: sfn.JsonPath.objectAt("$.failure"),
    }),
  }).next(new sfn.Fail(scope, `${of}Failed`, { errorPath: "$.failure.Error", causePath: "$.failure.Cause" }));
}

/** What happens while the run may hold the host; the caller gives the host back whatever comes of it. */
function hostSession(scope: Construct, task: Task): sfn.IChainable {
  const wait = (id: string, time: Duration) => new sfn.Wait(scope, id, { time: sfn.WaitTime.duration(time) });

  const acquire = task("AcquireHost", "acquireHost", { resultPath: "$.lease" });
  const start = task("StartHost", "startHost", { resultPath: "$.host" });
  const train = task("StartTraining", "startTraining", { resultPath: "$.attempt" });
  const waitForTraining = wait("WaitForTraining", Duration.seconds(30));
  const check = task("CheckTraining", "checkTraining", { resultPath: "$.training" });

  const isTrained = new sfn.Choice(scope, "IsTrained")
    .when(sfn.Condition.stringEquals("$.training.state", "running"), waitForTraining)
    .when(sfn.Condition.stringEquals("$.training.state", "lost"), train)
    .otherwise(judgeAndRelease(scope, task));
  const isHostReady = new sfn.Choice(scope, "IsHostReady")
    .when(
      sfn.Condition.stringEquals("$.host.status", "ready"),
      train.next(waitForTraining).next(check).next(isTrained),
    )
    .otherwise(wait("WaitForHost", Duration.seconds(10)).next(start));
  const isHostMine = new sfn.Choice(scope, "IsHostMine")
    .when(
      sfn.Condition.stringEquals("$.lease.state", "busy"),
      wait("WaitForLease", Duration.seconds(30)).next(acquire),
    )
    .when(sfn.Condition.stringEquals("$.lease.state", "superseded"), new sfn.Pass(scope, "Superseded"))
    .otherwise(start.next(isHostReady));
  return acquire.next(isHostMine);
}

function judgeAndRelease(scope: Construct, task: Task): sfn.IChainable {
  const isBetter = new sfn.Choice(scope, "IsBetter")
    .when(sfn.Condition.stringEquals("$.gate.decision", "promote"), release(scope, task))
    .otherwise(task("KeepChampion", "keepChampion"));
  return task("DecideGate", "decideGate", { resultPath: "$.gate" }).next(isBetter);
}

/**
 * The server first, then the model: as a canary, where the stage's strategy says so, then for everybody. What does not
 * hold goes back.
 */
function release(scope: Construct, task: Task): sfn.IChainable {
  const rollBack = task("RollBack", "rollBack");
  const isServing = new sfn.Choice(scope, "IsServing")
    .when(
      sfn.Condition.booleanEquals("$.smoke.good", true),
      task("OpenPullRequest", "openPullRequest").next(task("EnableAutoMerge", "enableAutoMerge")),
    )
    .otherwise(rollBack);
  const promote = task("PromoteChampion", "promoteChampion");
  promote
    .next(task("DeployFull", "deployFull"))
    .next(task("SmokeTest", "smokeTest", { resultPath: "$.smoke" }))
    .next(isServing);

  // Short: a bad canary goes back within two looks.
  const wait = new sfn.Wait(scope, "WaitForCanary", { time: sfn.WaitTime.duration(Duration.seconds(5)) });
  const observe = task("ObserveCanary", "observeCanary", { resultPath: "$.canary" });
  const isCanaryGood = new sfn.Choice(scope, "IsCanaryGood")
    .when(sfn.Condition.stringEquals("$.canary.state", "watching"), wait)
    .when(sfn.Condition.stringEquals("$.canary.state", "good"), promote)
    .otherwise(rollBack);
  const isCanaryOut = new sfn.Choice(scope, "IsCanaryOut")
    .when(sfn.Condition.stringEquals("$.canary.state", "direct"), promote)
    .otherwise(wait);
  wait.next(observe).next(isCanaryGood);
  const deploy = task("DeployCanary", "deployCanary", { resultPath: "$.canary" }).next(isCanaryOut);

  const rollOut = task("RollOut", "rollOut", { resultPath: "$.server" });
  const waitForServer = new sfn.Wait(scope, "WaitForServer", {
    time: sfn.WaitTime.duration(Duration.seconds(10)),
  });
  const isServerThere = new sfn.Choice(scope, "IsServerThere")
    .when(sfn.Condition.stringEquals("$.server.state", "rolling out"), waitForServer.next(rollOut))
    .otherwise(deploy);
  return rollOut.next(isServerThere);
}
