import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Code,
  Function as Lambda,
  type LayerVersion,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { type App, Function as LiveLambda, type Stack } from "sst/constructs";
import type { Access, Resources } from "./access";
import { functionName, kebab } from "./names";
import { bundleOf, ENTRIES } from "./packaging/bundle";
import { environment, statements } from "./statements";

export interface LambdaOptions {
  access?: Access;
  timeout?: Duration;
  memoryMb?: number;
  environment?: Record<string, string>;
  layers?: LayerVersion[];
  /** The folder to deploy, where it is more than the bundle. */
  code?: string;
  /** Takes events that nobody waits for; those that failed go here. */
  deadLetters?: IQueue;
  /** Asynchronous events are tried again so often. */
  retryAttempts?: number;
}

/**
 * A Lambda of `packages/functions/src/lambda`, by its name (`startRun`), with a role and a log group of its own: it
 * may do what `access` says, and write its log and its trace.
 */
export function lambdaFunction(
  stack: Stack,
  name: string,
  resources: Resources,
  options: LambdaOptions = {},
) {
  const { stage } = resources;
  const { access = {}, timeout = Duration.minutes(1), memoryMb = 512 } = options;
  const file = kebab(name);
  const role = new Role(stack, `${name}Role`, {
    assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
    description: `What ${name} may do in ${stage.name}`,
  });
  const logGroup = new LogGroup(stack, `${name}Log`, {
    retention: stage.logDays,
    removalPolicy: stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [logGroup.logGroupArn],
    }),
  );
  for (const statement of statements(stack, access, resources)) role.addToPolicy(statement);

  const shared = {
    functionName: functionName(stage, file),
    role,
    logGroup,
    environment: {
      SLUICE_STAGE: stage.name,
      AWS_SDK_UA_APP_ID: name,
      NODE_OPTIONS: "--enable-source-maps",
      POWERTOOLS_SERVICE_NAME: name,
      POWERTOOLS_METRICS_NAMESPACE: `Sluice/${stage.name}`,
      ...environment(stack, access, resources),
      ...options.environment,
    },
    layers: options.layers ?? [],
    deadLetterQueue: options.deadLetters,
    retryAttempts: options.retryAttempts,
  };
  const app = stack.node.root as App;
  if (app.mode === "dev") {
    // `sst dev` runs the handler on the developer's machine, from its source and its node_modules.
    return new LiveLambda(stack, name, {
      ...shared,
      layers: [],
      handler: `${ENTRIES}/${file}.handler`,
      runtime: "nodejs22.x",
      timeout: timeout.toSeconds(),
      memorySize: memoryMb,
      tracing: "active",
      nodejs: { esbuild: { external: ["sharp", "onnxruntime-node"] } },
    });
  }
  return new Lambda(stack, name, {
    ...shared,
    code: Code.fromAsset(options.code ?? bundleOf(file)),
    handler: "index.handler",
    runtime: Runtime.NODEJS_22_X,
    architecture: Architecture.X86_64,
    timeout,
    memorySize: memoryMb,
    tracing: Tracing.ACTIVE,
  });
}
