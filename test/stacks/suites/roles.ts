import { describe, expect, test } from "vitest";
import { type Stage, type Statement, text } from "../stage-view";

/** Those of the frameworks, which are not ours to narrow; nag.ts accepts them one by one. */
const NOT_OURS = /^(CustomResourceHandler|AWS679f)/;

/** Those that deal with the pods, and the host, on which they are. */
const WITH_PODS = /^(rollOut|deployCanary|observeCanary|deployFull|smokeTest|Host)Role$/;

export function roles(stage: () => Stage, serving: () => Stage) {
  describe("who may do what", () => {
    /** One line for each right of each role: a change of rights is a change of this file, to be read in review. */
    test("is what roles.txt says, and nothing else", async () => {
      const lines = linesOf(stage(), (id) => !NOT_OURS.test(id));
      await expect(lines.join("\n")).toMatchFileSnapshot("roles.txt");
    });

    test("where the host serves, is more: it is sent commands, and pulls an image", async () => {
      const lines = linesOf(serving(), (id) => WITH_PODS.test(id));
      await expect(lines.join("\n")).toMatchFileSnapshot("roles-serving.txt");
    });

    test("only a stage whose host serves tells its functions of an image", () => {
      const told = (of: Stage) =>
        of
          .all("AWS::Lambda::Function")
          .filter(({ properties }) => JSON.stringify(properties.Environment ?? {}).includes("SLUICE_IMAGE"))
          .map(({ id }) => id)
          .sort();
      expect(told(stage())).toEqual([]);
      expect(told(serving())).toEqual([
        "deployCanary",
        "deployFull",
        "observeCanary",
        "rollOut",
        "smokeTest",
      ]);
    });

    test("no action is a star", () => {
      const actions = allRights(stage()).flatMap(({ Action }) => Action);
      expect(actions.length).toBeGreaterThan(100);
      expect(actions.filter((action) => action.includes("*"))).toEqual([]);
    });

    test("nobody may touch all objects of the data bucket, or all documents", () => {
      const wide = allRights(stage()).filter(
        ({ Resource, Condition }) =>
          [Resource].flat().some((one) => text(one) === "Data.Arn/*") ||
          ([Resource].flat().some((one) => text(one) === "Documents.Arn") &&
            !Condition?.["ForAllValues:StringEquals"]?.["dynamodb:LeadingKeys"]),
      );
      expect(wide).toEqual([]);
    });

    test("a star as resource only where AWS knows no narrower one", () => {
      const everywhere = allRights(stage()).filter(({ Resource }) => [Resource].flat().includes("*"));
      expect([...new Set(everywhere.flatMap(({ Action }) => Action))].sort()).toEqual(NOT_BY_RESOURCE);
    });
  });
}

const linesOf = (stage: Stage, isMeant: (role: string) => boolean): string[] =>
  stage
    .all("AWS::IAM::Role")
    .filter(({ id }) => isMeant(id))
    .flatMap(({ id, properties }) => [
      `${id} (${principals(properties)})`,
      ...managed(properties),
      ...stage.statementsOf(id).flatMap(rights),
      "",
    ]);

/** Service authorization reference: these actions support no resource-level permissions. */
const NOT_BY_RESOURCE = [
  "ec2:DescribeInstances",
  "logs:CreateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:DescribeLogGroups",
  "logs:DescribeResourcePolicies",
  "logs:GetLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:UpdateLogDelivery",
  "ssm:CancelCommand",
  "ssm:DescribeInstanceInformation",
  "ssm:GetCommandInvocation",
  "ssm:ListCommands",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

const allRights = (stage: Stage): Statement[] =>
  stage
    .all("AWS::IAM::Role")
    .filter(({ id }) => !NOT_OURS.test(id))
    .flatMap(({ id }) => stage.statementsOf(id));

function principals(properties: Record<string, unknown>): string {
  const { Statement: statements } = properties.AssumeRolePolicyDocument as { Statement: Statement[] };
  return statements.map(({ Principal }) => text(Object.values(Principal as object)[0])).join(", ");
}

const managed = ({ ManagedPolicyArns = [] }: Record<string, unknown>) =>
  (ManagedPolicyArns as unknown[]).map((arn) => `  managed ${text(arn)}`);

function rights({ Effect, Action, Resource, NotResource, Condition }: Statement): string[] {
  const to = [Resource ?? NotResource].flat().map((one) => `${NotResource ? "all but " : ""}${text(one)}`);
  const when = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => ` if ${key} ${operator} ${text(value)}`),
  );
  return [
    `  ${Effect === "Deny" ? "DENY " : ""}${[Action].flat().join(", ")} on ${to.join(" and ")}${when.join("")}`,
  ];
}
