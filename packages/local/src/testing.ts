import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder of the running test, gone after it. @param onEnd runs before that, to end what uses it */
export async function testFolder(onEnd: () => Promise<void> = async () => undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-local-"));
  onTestFinished(async () => {
    await onEnd();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}
