import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { onTestFinished } from "vitest";

/** An app for one stack by itself; what is synthesized of it is gone after the running test. */
export function bareApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), "sluice-app-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  return new App({ outdir, analyticsReporting: false });
}
