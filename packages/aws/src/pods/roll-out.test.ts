import { Release } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { type RollOut, rollOut } from "./roll-out";
import { fakeTool, listOf, podObject } from "./testing/index";

const DIGEST = `sha256:${"0".repeat(64)}`;
const ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const PROD: RollOut = {
  stage: "prod",
  image: `${ECR}/sluice-prod@${DIGEST}`,
  bucket: "data",
  table: "documents",
  region: "eu-west-1",
  namespace: "sluice-prod",
};

async function serving() {
  const world = memoryWorld();
  await Release.full({ model: 1, reason: "first" }, world);
  return world;
}
const helmCalls = (calls: string[]) =>
  calls
    .filter((call) => call.startsWith("helm "))
    .map((call) => call.replaceAll(/\S*\/deploy\/chart/g, "CHART"));

test("an image of ECR is pulled by the host's role, and goes out by its digest; what fails is taken back", async () => {
  const { tool, calls, inputs } = fakeTool({ "aws ecr": "secret\n", "helm status": new Error("not found") });
  await rollOut(PROD, { ...(await serving()), tool });
  expect(helmCalls(calls)).toEqual([
    "helm version",
    "helm status sluice --namespace sluice-prod -o json",
    "helm upgrade --install sluice CHART --namespace sluice-prod --history-max 5 -f CHART/stages/production.yaml -f - --atomic --timeout 5m",
  ]);
  expect(calls).toContain("aws ecr get-login-password --region eu-west-1");
  const [objects, values] = inputs as [{ items: { kind: string; data?: Record<string, string> }[] }, object];
  expect(objects.items.map(({ kind }) => kind)).toEqual(["Namespace", "Secret"]);
  const secret = Buffer.from(objects.items[1]?.data?.[".dockerconfigjson"] ?? "", "base64").toString();
  expect(JSON.parse(secret)).toEqual({ auths: { [ECR]: { username: "AWS", password: "secret" } } });
  expect(values).toEqual({
    image: { repository: `${ECR}/sluice-prod`, digest: DIGEST, pullSecrets: ["registry"] },
    world: { kind: "aws", bucket: "data", table: "documents", region: "eu-west-1" },
    service: { nodePort: 30_080 },
  });
  expect(calls.join()).not.toContain("secret"); // whoever lists processes does not see it
});

test("an image from elsewhere needs no login; another stage has one replica", async () => {
  const { tool, calls, inputs } = fakeTool();
  const image = `ghcr.io/us/sluice@${DIGEST}`;
  await rollOut({ ...PROD, stage: "dev-anna", image, values: "more.json" }, { ...(await serving()), tool });
  expect(calls.filter((call) => call.startsWith("aws"))).toEqual([]);
  expect(helmCalls(calls).at(-1)).toContain("-f CHART/stages/staging.yaml -f - -f more.json --atomic");
  expect(inputs[0]).toMatchObject({ items: [{ kind: "Namespace" }] });
  expect(inputs[1]).toMatchObject({ image: { repository: "ghcr.io/us/sluice", digest: DIGEST } });
});

test("before the first model it waits for servers that answer, since none can be ready", async () => {
  let looks = 0;
  const { tool, calls } = fakeTool({
    "get pods,services": () =>
      listOf(
        podObject("a", ++looks > 1 ? {} : { status: { containerStatuses: [{ started: false, state: {} }] } }),
      ),
  });
  await rollOut(PROD, { documents: memoryWorld().documents, tool, lookMs: 1 });
  expect(helmCalls(calls).at(-1)).not.toContain("--atomic");
  expect(looks).toBe(2);
});

test.each([
  ["pending-upgrade", "helm rollback sluice --namespace sluice-prod"],
  ["pending-install", "helm uninstall sluice --namespace sluice-prod --wait"],
])("what a killed Helm left as %s is ended first", async (status, call) => {
  const { tool, calls } = fakeTool({ "helm status": JSON.stringify({ info: { status } }) });
  await rollOut(PROD, { ...(await serving()), tool });
  expect(helmCalls(calls)[2]).toBe(call);
});

test("what is no image is refused", async () => {
  const { tool } = fakeTool();
  const refused = rollOut({ ...PROD, image: "sluice" }, { ...(await serving()), tool });
  await expect(refused).rejects.toMatchObject({ code: "usage.invalid" });
});
