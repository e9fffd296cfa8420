import { mkdtempSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Aspects, type IAspect } from "aws-cdk-lib";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import type { SSTConfig } from "sst";
import { App } from "sst/constructs";
import { initProject } from "sst/project.js";
import { load } from "sst/stacks/build.js";
import { vi } from "vitest";
import { Stage } from "./stage-view";

export const ACCOUNT = "000000000000";
export const REGION = "eu-west-1";

let loaded: ReturnType<typeof load> | undefined;
/** As SST itself loads it: bundled by its own esbuild, which is not the one of the tests. */
const config = async () => {
  loaded ??= load(resolve("sst.config.ts"), false);
  return (await loaded)[1] as SSTConfig;
};

/**
 * A stage's stacks, synthesized as `sst deploy` does it (vitest sets NODE_ENV=test, so SST leaves its bootstrap out),
 * without credentials; whoever opens a connection fails.
 */
export async function synth(
  stage: string,
  { aspects = [], mode = "deploy" }: { aspects?: IAspect[]; mode?: "deploy" | "dev" } = {},
): Promise<Stage> {
  const outdir = mkdtempSync(join(tmpdir(), "sluice-synth-"));
  const network = vi.spyOn(Socket.prototype, "connect").mockImplementation(() => {
    throw new Error("a stack asked the network for something");
  });
  for (const name of Object.keys(process.env).filter((name) => name.startsWith("AWS_")))
    vi.stubEnv(name, undefined);
  try {
    await initProject({ stage } as Parameters<typeof initProject>[0]);
    // Assets are read where they are made, instead of being copied for each synthesis.
    const context = { "aws:cdk:disable-asset-staging": true };
    const props = { mode, stage, name: "sluice", region: REGION, account: ACCOUNT } as const;
    const app = new App(props, { outdir, context });
    await (await config()).stacks(app);
    await app.finish();
    for (const aspect of aspects) Aspects.of(app).add(aspect);
    return new Stage(app.synth() as CloudAssembly);
  } finally {
    network.mockRestore();
    vi.unstubAllEnvs();
    rmSync(outdir, { recursive: true });
  }
}
