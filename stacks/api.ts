import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as http from "aws-cdk-lib/aws-apigatewayv2";
import { HttpIamAuthorizer, HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Function as Lambda } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Stack, StackContext } from "sst/constructs";
import { lambdaFunction } from "./functions";
import { API_NEEDS } from "./lambdas";
import { onnxruntimeLayer, sharpLayer } from "./packaging/natives";
import { predictFolder } from "./packaging/predict";
import { resourcesOf } from "./resources";
import type { Stage } from "./stage";

/** API Gateway waits no longer for an answer. */
const TIMEOUT = Duration.seconds(29);

/** One HTTP API: the control routes, and the predicting app, served also while the host sleeps. */
export function Api({ stack, app }: StackContext) {
  const resources = resourcesOf(app);
  const { stage } = resources;
  const control = lambdaFunction(stack, "api", resources, {
    access: API_NEEDS.api,
    timeout: TIMEOUT,
    environment: { SLUICE_SETTINGS: JSON.stringify(stage.settings) },
  });
  const predict = lambdaFunction(stack, "predict", resources, {
    access: API_NEEDS.predict,
    timeout: TIMEOUT,
    memoryMb: 3008, // a share of the CPU comes with it
    code: predictFolder(),
    layers: [sharpLayer(stack), onnxruntimeLayer(stack)],
  });

  const api = new http.HttpApi(stack, "Api", {
    apiName: `sluice-${stage.name}`,
    createDefaultStage: false,
    corsPreflight: cors(stage),
  });
  addRoutes(api, stage, control, predict);
  addStage(stack, api, stage);
  const url = api.apiEndpoint;
  stack.addOutputs({ ApiId: api.apiId, ApiUrl: url });
  return { api, url, control, predict };
}

/** The predicting app's pages and files, which say nothing about the stage's data, and what takes photos. */
const PUBLIC = ["/", "/page/{file}", "/docs", "/docs/{file}", "/openapi.json", "/health", "/ready"];
const PREDICTING = ["/predict", "/batch-predict"];
/** The Open Inference Protocol, which names models. */
const INFERENCE = ["/v2", "/v2/{proxy+}"];

/** Never open: people come with a token of the stage's issuer, or sign their requests with AWS credentials. */
const authorizerOf = ({ jwt }: Stage): http.IHttpRouteAuthorizer =>
  jwt ? new HttpJwtAuthorizer("People", jwt.issuer, { jwtAudience: jwt.audience }) : new HttpIamAuthorizer();

function addRoutes(api: http.HttpApi, stage: Stage, control: Lambda, predict: Lambda) {
  const authorizer = authorizerOf(stage);
  const open = new http.HttpNoneAuthorizer();
  const toPredict = new HttpLambdaIntegration("Predict", predict);
  const get = { methods: [http.HttpMethod.GET], integration: toPredict };
  for (const path of PUBLIC) api.addRoutes({ ...get, path, authorizer: open });
  for (const path of PREDICTING) {
    api.addRoutes({
      path,
      methods: [http.HttpMethod.POST],
      integration: toPredict,
      authorizer: stage.publicPredict ? open : authorizer,
    });
  }
  for (const path of INFERENCE) {
    api.addRoutes({
      path,
      methods: [http.HttpMethod.GET, http.HttpMethod.POST],
      integration: toPredict,
      authorizer: stage.publicPredict ? open : authorizer,
    });
  }
  const toControl = new HttpLambdaIntegration("Control", control);
  new http.HttpRoute(api, "Control", {
    httpApi: api,
    routeKey: http.HttpRouteKey.DEFAULT,
    integration: toControl,
    authorizer,
  });
  // Browsers ask first, without a token: else `$default` would refuse them.
  if (stage.corsOrigins.length > 0) {
    const methods = [http.HttpMethod.OPTIONS];
    api.addRoutes({ path: "/{proxy+}", methods, integration: toControl, authorizer: open });
  }
}

/** What a request brings along that is signed with AWS credentials. */
const SIGNED = ["x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];

function cors({ corsOrigins }: Stage): http.CorsPreflightOptions | undefined {
  if (corsOrigins.length === 0) return undefined;
  return {
    allowOrigins: corsOrigins,
    allowMethods: [http.CorsHttpMethod.GET, http.CorsHttpMethod.POST],
    allowHeaders: ["authorization", "content-type", ...SIGNED],
    maxAge: Duration.hours(1),
  };
}

function addStage(stack: Stack, api: http.HttpApi, { name, logDays }: Stage) {
  const log = new LogGroup(stack, "AccessLog", {
    logGroupName: `/aws/vendedlogs/apis/sluice-${name}`,
    retention: logDays,
    removalPolicy: RemovalPolicy.DESTROY, // a name that stayed would be in the way of a new deployment
  });
  const stage = new http.HttpStage(stack, "Stage", {
    httpApi: api,
    stageName: "$default",
    autoDeploy: true,
    throttle: { rateLimit: 50, burstLimit: 100 },
  });
  const native = stage.node.defaultChild as http.CfnStage;
  native.accessLogSettings = { destinationArn: log.logGroupArn, format: JSON.stringify(ACCESS) };
}

const ACCESS = {
  at: "$context.requestTime",
  id: "$context.requestId",
  ip: "$context.identity.sourceIp",
  route: "$context.routeKey",
  path: "$context.path",
  status: "$context.status",
  latencyMs: "$context.responseLatency",
  bytes: "$context.responseLength",
  error: "$context.integrationErrorMessage",
};
