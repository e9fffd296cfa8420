import { AwsSolutionsChecks } from "cdk-nag";
import { beforeAll, vi } from "vitest";
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

let dev: Stage;
let prod: Stage;

// One file, because synthesizing takes seconds, and so does loading CDK.
beforeAll(async () => {
  dev = await synth("dev", [new AwsSolutionsChecks()]);
  vi.stubEnv("SLUICE_JWT", '{"issuer":"https://people.example.org","audience":["sluice"]}');
  prod = await synth("prod");
}, 120_000);

storage(
  () => dev,
  () => prod,
);
roles(() => dev);
pipeline(() => dev);
api(
  () => dev,
  () => prod,
);
monitoring(() => dev);
cost(() => dev);
nag(() => dev);
bundles();
