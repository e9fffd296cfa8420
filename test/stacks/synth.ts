import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { App } from "sst/constructs";
import { initProject } from "sst/project.js";
import config from "../../sst.config";

export const ACCOUNT = "000000000000";

/**
 * The app of a stage, synthesized without credentials, network or SST's bootstrap (vitest sets NODE_ENV=test). With an
 * account, buckets for assets get the names that CDK resolves.
 */
export async function buildApp(stage: string, region = "eu-west-1"): Promise<App> {
  await initProject({ stage } as Parameters<typeof initProject>[0]);
  const app = new App({ mode: "deploy", stage, name: "sluice", region, account: ACCOUNT });
  await config.stacks(app);
  await app.finish();
  return app;
}

export const synth = async (stage: string): Promise<CloudAssembly> =>
  (await buildApp(stage)).synth() as CloudAssembly;
