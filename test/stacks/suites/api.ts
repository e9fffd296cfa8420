import { describe, expect, test } from "vitest";
import { type Stage, text } from "../stage-view";

export function api(dev: () => Stage, prod: () => Stage) {
  const routes = (stage: Stage) =>
    stage.all("AWS::ApiGatewayV2::Route").map(({ properties }) => ({
      route: String(properties.RouteKey),
      asks: String(properties.AuthorizationType),
    }));

  describe("the HTTP API", () => {
    const pages = [
      "GET /",
      "GET /page/{file}",
      "GET /docs",
      "GET /docs/{file}",
      "GET /openapi.json",
      "GET /health",
      "GET /ready",
    ];

    test("without an issuer of tokens, everything but pages asks for signed requests", () => {
      expect(Object.fromEntries(routes(dev()).map(({ route, asks }) => [route, asks]))).toEqual({
        ...Object.fromEntries(pages.map((page) => [page, "NONE"])),
        "POST /predict": "AWS_IAM",
        "POST /batch-predict": "AWS_IAM",
        "GET /v2": "AWS_IAM",
        "POST /v2": "AWS_IAM",
        "GET /v2/{proxy+}": "AWS_IAM",
        "POST /v2/{proxy+}": "AWS_IAM",
        $default: "AWS_IAM",
      });
    });

    test("with one, it asks for its tokens", () => {
      const open = routes(prod()).filter(({ asks }) => asks === "NONE");
      // A browser's question before a request carries no token.
      expect(open.map(({ route }) => route).sort()).toEqual([...pages, "OPTIONS /{proxy+}"].sort());
      expect(prod().all("AWS::ApiGatewayV2::Api")[0]?.properties.CorsConfiguration).toMatchObject({
        AllowOrigins: ["https://app.example.org"],
        AllowHeaders: expect.arrayContaining(["authorization", "x-amz-security-token"]),
      });
      const [authorizer] = prod().all("AWS::ApiGatewayV2::Authorizer");
      expect(authorizer?.properties).toMatchObject({
        AuthorizerType: "JWT",
        JwtConfiguration: { Issuer: "https://people.example.org", Audience: ["sluice"] },
      });
      expect(routes(prod()).find(({ route }) => route === "$default")?.asks).toBe("JWT");
    });

    test("what takes photos, and pages, go to predict; all else to the control API", () => {
      const functionOf = (route: string) => {
        const found = dev()
          .all("AWS::ApiGatewayV2::Route")
          .find(({ properties }) => properties.RouteKey === route);
        const id = text(found?.properties.Target).replace("integrations/", "");
        return text(dev().one("AWS::ApiGatewayV2::Integration", id).properties.IntegrationUri);
      };
      for (const route of ["POST /predict", "POST /v2/{proxy+}", "GET /"])
        expect(functionOf(route)).toBe("predict.Arn");
      expect(functionOf("$default")).toBe("api.Arn");
    });

    test("is throttled, and logs who asked what", () => {
      const [stage] = dev().all("AWS::ApiGatewayV2::Stage");
      expect(stage?.properties).toMatchObject({
        StageName: "$default",
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
        AccessLogSettings: { Format: expect.stringContaining("$context.identity.sourceIp") },
      });
    });
  });

  test("the stage's parameter says where everything is", () => {
    const [world] = dev()
      .all("AWS::SSM::Parameter")
      .filter(({ id }) => id === "World");
    expect(world?.properties.Name).toBe("/sluice/dev/world");
    expect(JSON.parse(text(world?.properties.Value))).toEqual({
      stage: "dev",
      region: "eu-west-1",
      bucket: "Data",
      auditBucket: "Audit",
      table: "Documents",
      instanceId: "Host",
      stateMachineArn: "arn:aws:states:eu-west-1:000000000000:stateMachine:sluice-dev",
      predictFunction: "sluice-dev-predict",
      apiUrl: "Api.ApiEndpoint",
    });
  });
}
