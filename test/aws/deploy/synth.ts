import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { App } from "sst/constructs";
import { initProject, useProject } from "sst/project.js";
import config from "../../../sst.config";
import { ACCOUNT, REGION } from "./clients";

/**
 * The app's templates and assets for a stage, without credentials, network or SST's bootstrap (which it leaves out
 * where NODE_ENV is "test", as vitest sets it). In a folder of its own: test files synthesize at the same time.
 * Once in a process, for SST remembers its functions.
 *
 * @param env what the environment of `sst deploy` would be: see stacks/stage.ts
 */
export async function synthesize(stage: string, env: Record<string, string> = {}): Promise<CloudAssembly> {
  Object.assign(process.env, env);
  const folder = mkdtempSync(path.join(tmpdir(), "sluice-synth-"));
  await initProject({ stage } as Parameters<typeof initProject>[0]);
  Object.assign(useProject().paths, { out: folder, artifacts: path.join(folder, "artifacts") });

  const { name } = config.config();
  // Without `account`, the buckets of assets have names that no CDK command can resolve.
  const app = new App(
    { mode: "deploy", stage, name, region: REGION, account: ACCOUNT },
    { outdir: path.join(folder, "assembly"), analyticsReporting: false },
  );
  await config.stacks(app);
  await app.finish(); // bundles the functions
  return app.synth() as CloudAssembly;
}
