import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SluiceError } from "@sluice/core/errors";
import { asked, type Git } from "./git";

const OURS = "# Written by: sluice hooks install";
const PROGRAM = fileURLToPath(new URL("../../bin/sluice.mjs", import.meta.url));

/** Where git looks for it: `core.hooksPath`, or the repository's own folder. Throws `usage.invalid` outside of one. */
async function hookFile(git: Git): Promise<string> {
  const root = await asked(git, ["rev-parse", "--show-toplevel"]);
  const folder = await asked(git, ["rev-parse", "--git-path", "hooks"]);
  if (root && folder) return join(isAbsolute(folder) ? folder : join(git.dir, folder), "pre-push");
  throw new SluiceError(
    "usage.invalid",
    `${git.dir} is no git repository`,
    "Run it in the one that has the photos.",
  );
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const callOf = (data: string) => `node ${quoted(PROGRAM)} hooks pre-push --data ${quoted(data)} "$@"`;

const textOf = (data: string) => `#!/bin/sh
${OURS}
# New pairs under the data folder go to a branch of their own. Go past it: git push --no-verify
exec ${callOf(data)}
`;

const current = (file: string) => readFile(file, "utf8").catch(() => undefined);

/** Throws `usage.invalid` for a hook that somebody else has put there, and says what to add to it. */
export async function install(git: Git, data: string): Promise<string> {
  const file = await hookFile(git);
  const there = await current(file);
  if (there !== undefined && !there.includes(OURS)) {
    const hint = `Add this line to it, before it reads its input: ${callOf(data)} || exit 1`;
    throw new SluiceError("usage.invalid", `${file} is another's hook, which is left as it is`, hint);
  }
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, textOf(data));
  await chmod(file, 0o755);
  return file;
}

/** @returns the hook that was taken out; undefined if there was none. Throws `usage.invalid` for another's. */
export async function uninstall(git: Git): Promise<string | undefined> {
  const file = await hookFile(git);
  const there = await current(file);
  if (there === undefined) return undefined;
  if (!there.includes(OURS)) {
    throw new SluiceError("usage.invalid", `${file} is another's hook, which is left as it is`, "");
  }
  await rm(file);
  return file;
}
