import aslValidator from "asl-validator";
import { describe, expect, test } from "vitest";
import { pipelineAsl } from "../../../packages/local/src/runner/asl";
import { type Stage, text } from "../stage-view";
import { ACCOUNT, REGION } from "../synth";

export function pipeline(dev: () => Stage) {
  const machine = () => dev().one("AWS::StepFunctions::StateMachine", "Machine").properties;
  const rule = (id: string) => dev().one("AWS::Events::Rule", id).properties;
  const asl = () => JSON.parse(text(machine().DefinitionString));

  describe("the state machine", () => {
    test("is the one that the local runner runs", () => {
      const resolved = JSON.stringify(asl()).replace(
        /"(\w+)\.Arn"/g,
        `"arn:aws:lambda:${REGION}:${ACCOUNT}:function:$1"`,
      );
      expect(JSON.parse(resolved)).toEqual(pipelineAsl());
    });

    test("is valid Amazon States Language", () => {
      const definition = text(machine().DefinitionString).replace(
        /"(\w+)\.Arn"/g,
        `"arn:aws:lambda:${REGION}:${ACCOUNT}:function:$1"`,
      );
      const { isValid, errors } = aslValidator(JSON.parse(definition));
      expect(errors).toEqual([]);
      expect(isValid).toBe(true);
    });

    test("is logged and traced, and ends at last", () => {
      expect(machine()).toMatchObject({
        StateMachineName: "sluice-dev",
        LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
      expect(asl().TimeoutSeconds).toBe(12 * 3600);
    });

    test("waits while the account runs as many Lambdas as it may", () => {
      const retriers = [...JSON.stringify(asl()).matchAll(/"Retry":(\[.*?\}\])/g)].map(([, r]) =>
        JSON.parse(r ?? ""),
      );
      expect(retriers.length).toBeGreaterThan(15);
      for (const [first] of retriers) {
        const { ErrorEquals, MaxAttempts, MaxDelaySeconds } = first;
        expect(ErrorEquals).toEqual(["Lambda.TooManyRequestsException"]);
        expect((MaxAttempts * MaxDelaySeconds) / 2).toBeGreaterThan(2 * 14 * 60); // jitter halves it on average
      }
    });

    test("has a Lambda for each of its tasks, with a log that expires", () => {
      const functions = dev().all("AWS::Lambda::Function", "Pipeline");
      const tasks = [...JSON.stringify(asl()).matchAll(/"(\w+)\.Arn"/g)].map(([, id]) => id);
      expect(tasks.length).toBeGreaterThan(15);
      for (const task of new Set(tasks)) {
        const { properties } = functions.find(({ id }) => id === task) ?? {};
        expect(properties, task).toMatchObject({
          Runtime: "nodejs22.x",
          Architectures: ["x86_64"],
          TracingConfig: { Mode: "Active" },
          LoggingConfig: { LogGroup: { Ref: expect.stringMatching(`^${task}Log`) } },
          Environment: { Variables: { AWS_SDK_UA_APP_ID: task, SLUICE_STAGE: "dev" } },
        });
      }
      for (const { id, properties } of dev().all("AWS::Logs::LogGroup"))
        expect(properties.RetentionInDays, id).toBe(7);
    });

    test("gives each step the time that its Lambda may take", () => {
      const functions = dev().all("AWS::Lambda::Function", "Pipeline");
      for (const [, seconds] of JSON.stringify(asl()).matchAll(/"TimeoutSeconds":(\d+),"Resource"/g))
        expect(Number(seconds)).toBeGreaterThanOrEqual(14 * 60);
      for (const { id, properties } of functions.filter(({ id }) => !id.startsWith("CustomResource")))
        expect(Number(properties.Timeout), id).toBeLessThanOrEqual(14 * 60);
    });
  });

  describe("what starts a run", () => {
    test("is a marker or a zip under incoming/, and no other object", () => {
      expect(rule("BatchArrived").EventPattern).toEqual({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [expect.objectContaining({ "Fn::ImportValue": expect.stringContaining("Data") })] },
          object: { key: [{ wildcard: "incoming/*/_SUCCESS" }, { wildcard: "incoming/*.zip" }] },
        },
      });
    });

    test.each([
      ["BatchArrived", "startRun"],
      ["RunBroken", "stopRun"],
      ["Watchdog", "watchdog"],
    ])("the rule %s calls %s, tries again, and keeps what it cannot deliver", (id, lambda) => {
      const targets = rule(id).Targets as { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[];
      expect(targets.map(({ Arn }) => text(Arn))).toEqual([`${lambda}.Arn`]);
      expect(targets.map(({ DeadLetterConfig }) => text(DeadLetterConfig.Arn))).toEqual(["DeadLetters.Arn"]);
      expect(targets[0]).toMatchObject({
        RetryPolicy: { MaximumEventAgeInSeconds: 21_600, MaximumRetryAttempts: 8 },
      });
    });

    test.each(["startRun", "stopRun", "watchdog", "overBudget"])("events that %s fails on are kept", (id) => {
      const { DeadLetterConfig } = dev().one("AWS::Lambda::Function", id).properties;
      expect(text((DeadLetterConfig as { TargetArn: unknown }).TargetArn)).toBe("DeadLetters.Arn");
    });
  });

  test("the host is in the stack of those that use it: CloudFormation changes nothing that is imported", () => {
    expect(dev().all("AWS::EC2::Instance", "Pipeline")).toHaveLength(1);
    const exported = [...dev().templates.values()].flatMap(({ Outputs = {} }) =>
      Object.values(Outputs).filter(({ Export }) => Export),
    );
    expect(exported.length).toBeGreaterThan(5);
    expect(exported.filter(({ Value }) => text(Value) === "Host")).toEqual([]);
  });

  describe("what stops the host, besides the state machine", () => {
    test("a run that failed, timed out or was aborted", () => {
      expect(rule("RunBroken").EventPattern).toEqual({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: {
          status: ["FAILED", "TIMED_OUT", "ABORTED"],
          stateMachineArn: [{ Ref: expect.stringMatching(/^Machine/) }],
        },
      });
    });

    test("the watchdog, as often as the settings say", () => {
      expect(rule("Watchdog")).toMatchObject({ ScheduleExpression: "rate(5 minutes)", State: "ENABLED" });
    });

    test("the budget, by its topic", () => {
      const [subscription] = dev().all("AWS::SNS::Subscription", "Pipeline");
      expect(text(subscription?.properties.Endpoint)).toBe("overBudget.Arn");
      expect(text(subscription?.properties.TopicArn)).toBe("OverBudget");
    });

    test.each(["releaseHost", "stopRun", "watchdog", "overBudget"])("%s may stop the host", (id) => {
      const stops = dev()
        .statementsOf(`${id}Role`)
        .filter(({ Action }) => [Action].flat().includes("ec2:StopInstances"));
      expect(stops.map(({ Resource }) => text(Resource))).toEqual([
        `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/Host`,
      ]);
    });
  });
}
