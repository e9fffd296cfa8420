import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { greyPhoto, redWindow } from "@sluice/serving/testing/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ServingProcess, startProcess } from "./process";

const VERSION = "4.32.5";
/** What is right and what is wrong by each line of the document, the same every time. */
const WHAT = ["--phases", "examples,coverage", "--seed", "1"];

/** schemathesis in a venv of its own, kept; undefined where there is no Python or no PyPI. */
function schemathesis(): string | undefined {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "sluice", `schemathesis-${VERSION}`);
  const program = join(folder, "bin", "schemathesis");
  if (existsSync(program)) return program;
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "ignore" });
  try {
    run("python3", "-m", "venv", folder);
    run(join(folder, "bin", "python"), "-m", "pip", "install", "--quiet", `schemathesis==${VERSION}`);
    return program;
  } catch (error) {
    console.warn(
      `\n*** SKIPPED: the contract test. No Python with venv, or PyPI is out of reach: ${error}\n`,
    );
    return undefined;
  }
}

let server: ServingProcess;
let photos: string;
beforeAll(async () => {
  server = await startProcess();
  photos = await mkdtemp(join(tmpdir(), "sluice-photos-"));
  await writeFile(join(photos, "a.jpg"), await redWindow());
  await writeFile(join(photos, "b.png"), await greyPhoto());
  await writeFile(join(photos, "c.webp"), await redWindow({ format: "webp" }));
});
afterAll(async () => {
  await server.stop();
  await rm(photos, { recursive: true, force: true });
});

test("the service answers as its OpenAPI document says, to what is right and to what is wrong", (context) => {
  const program = schemathesis();
  if (!program) return context.skip();
  const here = fileURLToPath(new URL(".", import.meta.url));
  const args = ["--config-file", join(here, "schemathesis.toml"), "run", `${server.url}/openapi.json`];
  const { status, stdout, stderr } = spawnSync(program, [...args, ...WHAT, "--no-color"], {
    encoding: "utf8",
    cwd: photos, // it leaves a folder behind
    env: {
      ...process.env,
      PYTHONPATH: here,
      SCHEMATHESIS_HOOKS: "schemathesis_photos",
      SLUICE_PHOTOS: photos,
    },
    maxBuffer: 2 ** 28,
  });
  expect(status, `${stdout.slice(-20_000)}${stderr.slice(-2_000)}`).toBe(0);
  const unforeseen = server.logged().filter(({ level }) => level === "error");
  expect(unforeseen).toEqual([]);
});
