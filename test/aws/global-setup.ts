import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const program = (name: string) => fileURLToPath(new URL(`./emulator/${name}`, import.meta.url));
const run = promisify(execFile);

/**
 * One emulator for the whole run; with AWS_ENDPOINT_URL set, that one. Never AWS itself: the credentials are the
 * emulator's, and a run without an endpoint does not begin.
 */
export async function setup(): Promise<() => Promise<void>> {
  const given = process.env.AWS_ENDPOINT_URL;
  if (given) return useIt(given, async () => {});

  const dir = await mkdtemp(join(tmpdir(), "sluice-emulator-"));
  const env = { ...process.env, EMULATOR_IAM: "1", EMULATOR_DIR: dir, EMULATOR_PARENT: String(process.pid) };
  const stop = async () => {
    await run(program("stop"), { env });
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const { stdout } = await run(program("start"), { env });
    return useIt(stdout.trim(), stop);
  } catch (error) {
    await stop();
    throw new Error((error as { stderr?: string }).stderr?.trim() || String(error));
  }
}

function useIt(endpoint: string, stop: () => Promise<void>): () => Promise<void> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN"]) delete process.env[name];
  return stop;
}
