import { ArnFormat, type Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Access, Resources } from "./access";
import { functionName, githubKeyName, machineArn, machineName } from "./names";
import { withPods } from "./pods-access";
import type { Stage } from "./stage";

/** The policy that gives a Lambda its access. */
export function statements(stack: Stack, asked: Access, resources: Resources): PolicyStatement[] {
  const access = withPods(asked, resources.stage);
  return [
    ...documentStatements(access, resources),
    ...blobStatements(access, resources),
    ...hostStatements(stack, access, resources),
    ...commandStatements(stack, access, resources),
    ...forgeStatements(stack, access, resources),
    ...runStatements(stack, access, resources),
    ...(access.serving
      ? [allow(["lambda:InvokeFunction"], [functionArn(stack, resources.stage, "predict")])]
      : []),
  ];
}

const allow = (
  actions: string[],
  resources: string[],
  conditions?: Record<string, Record<string, unknown>>,
) => new PolicyStatement({ actions, resources, conditions });

/** A collection is a partition of the table, and IAM can tell partitions apart. */
function documentStatements({ documents: asked = {} }: Access, { documents }: Resources): PolicyStatement[] {
  const { read = [], write = [], list = [], claim = [] } = asked;
  const on = (action: string, collections: string[]) =>
    collections.length === 0
      ? []
      : [
          allow([action], [documents.tableArn], {
            "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": collections },
          }),
        ];
  const seen = [...new Set([...read, ...write, ...claim])];
  return [
    ...on("dynamodb:GetItem", seen),
    ...on("dynamodb:PutItem", [...write, ...claim]),
    ...on("dynamodb:UpdateItem", claim),
    ...on("dynamodb:DeleteItem", claim),
    ...on("dynamodb:Query", list),
  ];
}

function blobStatements({ blobs, forge }: Access, { data, stage }: Resources): PolicyStatement[] {
  const ownForge = forge && !stage.github ? ["forge/"] : [];
  const read = [...(blobs?.read ?? []), ...ownForge];
  const write = [...(blobs?.write ?? []), ...ownForge];
  const remove = blobs?.remove ?? [];
  const on = (actions: string[], prefixes: string[]) =>
    prefixes.length === 0
      ? []
      : [
          allow(
            actions,
            prefixes.map((prefix) => data.arnForObjects(`${prefix}*`)),
          ),
        ];
  // IfExists: the question behind "403 or 404" carries no prefix.
  const listed = { StringLikeIfExists: { "s3:prefix": read.map((prefix) => `${prefix}*`) } };
  return [
    ...on(["s3:GetObject"], read),
    ...(read.length > 0 ? [allow(["s3:ListBucket"], [data.bucketArn], listed)] : []),
    ...on(["s3:PutObject", "s3:AbortMultipartUpload"], write),
    ...on(["s3:DeleteObject"], remove),
  ];
}

function instanceArn(stack: Stack, instanceId: string | undefined): string {
  if (instanceId === undefined) throw new Error(`${stack.stackName} does not have the host`);
  return stack.formatArn({ service: "ec2", resource: "instance", resourceName: instanceId });
}

/** Describing can be limited to no resource: EC2 and SSM know only "all". */
function hostStatements(stack: Stack, { host = [] }: Access, { instanceId }: Resources): PolicyStatement[] {
  if (host.length === 0) return [];
  const acts = host.filter((act) => act !== "look");
  const actions = acts.map((act) => (act === "start" ? "ec2:StartInstances" : "ec2:StopInstances"));
  return [
    allow(["ec2:DescribeInstances", "ssm:DescribeInstanceInformation"], ["*"]),
    ...(actions.length > 0 ? [allow(actions, [instanceArn(stack, instanceId)])] : []),
  ];
}

function commandStatements(stack: Stack, { commands = [] }: Access, { instanceId }: Resources) {
  const shell = stack.formatArn({
    service: "ssm",
    account: "",
    resource: "document",
    resourceName: "AWS-RunShellScript",
  });
  const on = { look: ["ssm:GetCommandInvocation", "ssm:ListCommands"], cancel: ["ssm:CancelCommand"] };
  const looks = commands.flatMap((act) => (act === "send" ? [] : on[act]));
  return [
    ...(commands.includes("send")
      ? [allow(["ssm:SendCommand"], [instanceArn(stack, instanceId), shell])]
      : []),
    ...(looks.length > 0 ? [allow(looks, ["*"])] : []), // SSM knows no resource for them
  ];
}

function forgeStatements(stack: Stack, { forge }: Access, { stage }: Resources): PolicyStatement[] {
  if (!forge || !stage.github) return [];
  const secret = stack.formatArn({
    service: "secretsmanager",
    resource: "secret",
    resourceName: `${githubKeyName(stage)}-??????`, // Secrets Manager's own suffix
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [allow(["secretsmanager:GetSecretValue"], [secret])];
}

function runStatements(stack: Stack, { runs = [] }: Access, { stage }: Resources): PolicyStatement[] {
  const machine = machineArn(stack, stage);
  const executions = stack.formatArn({
    service: "states",
    resource: "execution",
    resourceName: `${machineName(stage)}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [
    ...(runs.includes("start") ? [allow(["states:StartExecution"], [machine])] : []),
    ...(runs.includes("look")
      ? [
          allow(["states:ListExecutions"], [machine]),
          allow(["states:DescribeExecution", "states:GetExecutionHistory"], [executions]),
        ]
      : []),
    ...(runs.includes("stop") ? [allow(["states:StopExecution"], [executions])] : []),
  ];
}

const functionArn = (stack: Stack, stage: Stage, name: string) =>
  stack.formatArn({
    service: "lambda",
    resource: "function",
    resourceName: functionName(stage, name),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** The variables that go with the access: a Lambda hears of nothing that it may not touch. */
export function environment(stack: Stack, asked: Access, resources: Resources): Record<string, string> {
  const { stage, data, documents, instanceId } = resources;
  const access = withPods(asked, stage);
  const usesHost = access.host || access.commands;
  const usesBlobs = access.blobs || access.commands || (access.forge && !stage.github);
  return {
    ...(access.documents && { SLUICE_TABLE: documents.tableName }),
    ...(usesBlobs && { SLUICE_BUCKET: data.bucketName }),
    ...(usesHost && instanceId && { SLUICE_INSTANCE_ID: instanceId }),
    ...(access.runs && { SLUICE_STATE_MACHINE_ARN: machineArn(stack, stage) }),
    ...(access.serving && { SLUICE_PREDICT_FUNCTION: functionName(stage, "predict") }),
    ...(access.forge &&
      stage.github && {
        SLUICE_GITHUB: JSON.stringify(stage.github),
        SLUICE_GITHUB_KEY_SECRET: githubKeyName(stage),
      }),
  };
}
