import { AwsSolutionsChecks } from "cdk-nag";
import { beforeAll, expect, test, vi } from "vitest";
import { LAMBDAS } from "../../stacks/lambdas";
import type { Stage } from "./stage-view";
import { api } from "./suites/api";
import { bundles } from "./suites/bundles";
import { cost } from "./suites/cost";
import { monitoring } from "./suites/monitoring";
import { nag } from "./suites/nag";
import { pipeline } from "./suites/pipeline";
import { roles } from "./suites/roles";
import { storage } from "./suites/storage";
import { synth } from "./synth";

const IMAGE = `000000000000.dkr.ecr.eu-west-1.amazonaws.com/sluice-prod@sha256:${"0".repeat(64)}`;

let dev: Stage;
let prod: Stage;
let live: Stage;

// One file, because synthesizing takes seconds, and so does loading CDK.
beforeAll(async () => {
  dev = await synth("dev", { aspects: [new AwsSolutionsChecks()] });
  vi.stubEnv("SLUICE_JWT", '{"issuer":"https://people.example.org","audience":["sluice"]}');
  vi.stubEnv("SLUICE_CORS_ORIGINS", '["https://app.example.org"]');
  vi.stubEnv("SLUICE_IMAGE", IMAGE);
  prod = await synth("prod");
  live = await synth("dev-anna", { mode: "dev" });
}, 120_000);

storage(
  () => dev,
  () => prod,
);
roles(
  () => dev,
  () => prod,
);
pipeline(() => dev);
api(
  () => dev,
  () => prod,
);
monitoring(() => dev);
cost(() => dev);
nag(() => dev);
bundles();

test("in sst dev each Lambda hands its events to the developer's machine", () => {
  const ours = live
    .all("AWS::Lambda::Function")
    .filter(({ properties }) => String(properties.FunctionName).startsWith("sluice-dev-anna-"));
  expect(ours).toHaveLength(LAMBDAS.length);
  for (const { id, properties } of ours) expect(properties.Description, id).toBe("live");
});
