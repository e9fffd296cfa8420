import { execFile } from "node:child_process";
import { SluiceError } from "@sluice/core/errors";

export interface Git {
  /** Its output, as it is. Throws `usage.invalid` with git's own words. */
  (args: string[], options?: { input?: string; env?: Record<string, string> }): Promise<string>;
  dir: string;
}

/** Git in a folder. Paths are spoken of with `-z`, so that no name is too strange. */
export function gitIn(dir: string, environment: NodeJS.ProcessEnv = process.env): Git {
  const git = (args: string[], { input, env }: { input?: string; env?: Record<string, string> } = {}) =>
    new Promise<string>((resolve, reject) => {
      const options = { cwd: dir, env: { ...environment, ...env }, maxBuffer: 2 ** 30 };
      const child = execFile("git", args, options, (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const words = stderr.trim().split("\n").at(-1) || error.message;
        reject(new SluiceError("usage.invalid", `git ${args[0]}: ${words}`, "", { cause: error }));
      });
      child.stdin?.on("error", () => {}); // it may end without reading
      child.stdin?.end(input ?? "");
    });
  return Object.assign(git, { dir });
}

/** One line of output; undefined where git fails. */
export const asked = async (git: Git, args: string[]): Promise<string | undefined> =>
  (await git(args).catch(() => undefined))?.trim() || undefined;

export const names = (output: string) => output.split("\0").filter(Boolean);
