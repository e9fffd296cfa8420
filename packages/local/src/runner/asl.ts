import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import * as sfn from "aws-cdk-lib/aws-stepfunctions";
import {
  PIPELINE_TIMEOUT,
  pipelineDefinition,
  STEPS,
  type Step,
} from "../../../../stacks/pipeline-definition";

export interface AslState {
  Type: string;
  Resource?: string;
  Retry?: unknown[];
  Branches?: { States: Record<string, AslState> }[];
  ItemProcessor?: { States: Record<string, AslState> };
  [field: string]: unknown;
}
export interface Asl {
  StartAt: string;
  States: Record<string, AslState>;
  TimeoutSeconds?: number;
}

const ARN = "arn:aws:lambda:eu-west-1:000000000000:function:";

/** The handler's name out of a task's resource. */
export const handlerName = (resource: string) => resource.slice(ARN.length);

/** The pipeline's definition as plain ASL: synthesized on a bare stack, with functions that are only names. */
export function pipelineAsl(): Asl {
  const outdir = mkdtempSync(join(tmpdir(), "sluice-pipeline-"));
  try {
    return synthesized(new Stack(new App({ outdir, analyticsReporting: false }), "Local"));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function synthesized(stack: Stack): Asl {
  const functions = Object.fromEntries(
    STEPS.map((name) => [name, LambdaFunction.fromFunctionArn(stack, name, `${ARN}${name}`)]),
  ) as Record<Step, ReturnType<typeof LambdaFunction.fromFunctionArn>>;
  new sfn.StateMachine(stack, "Machine", {
    definitionBody: pipelineDefinition(stack, functions),
    timeout: PIPELINE_TIMEOUT,
  });
  const machines = Template.fromStack(stack).findResources("AWS::StepFunctions::StateMachine");
  const [machine] = Object.values(machines);
  return JSON.parse(flatten(machine?.Properties.DefinitionString));
}

/** Imported functions leave only joins of plain strings and the partition; anything else is an error. */
function flatten(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) {
    if ("Fn::Join" in value) {
      const [separator, parts] = value["Fn::Join"] as [string, unknown[]];
      return parts.map(flatten).join(separator);
    }
    if ("Ref" in value && value.Ref === "AWS::Partition") return "aws";
  }
  throw new Error(
    `the state machine's definition holds ${JSON.stringify(value)}, which cannot be resolved here`,
  );
}

/** Every state by name, also inside Parallel and Map. */
export function* allStates(states: Record<string, AslState>): Generator<[string, AslState]> {
  for (const [name, state] of Object.entries(states)) {
    yield [name, state];
    for (const branch of state.Branches ?? []) yield* allStates(branch.States);
    if (state.ItemProcessor) yield* allStates(state.ItemProcessor.States);
  }
}
