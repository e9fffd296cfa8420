import { execFile } from "node:child_process";
import { join } from "node:path";
import { codeRoot } from "@sluice/local/commands/code-path";

const LIMIT_MS = 60_000;

export type Probed = { ok: true; answer: string } | { ok: false; reason: string };

/** Runs a program and gives its last line; a crash or a missing program is an answer, too. */
export function probe(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Probed> {
  const options = { timeout: LIMIT_MS, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const answer = stdout.trim().split("\n").at(-1) ?? "";
      if (!error) return resolve({ ok: true, answer });
      if (error.code === "ENOENT") return resolve({ ok: false, reason: "not found" });
      const said =
        stderr.split("\n").find((line) => /^\w*Error\b/.test(line)) ?? error.message.split("\n")[0] ?? "";
      const crash = error.signal
        ? `it crashed with ${error.signal}`
        : said.replace(/^\w*Error\b[^:]*: /, "").trim();
      resolve({ ok: false, reason: crash.slice(0, 200) });
    });
  });
}

/**
 * Loads a package in a process of its own, as a native module may take its process down.
 *
 * @param from the workspace's package that needs it
 * @param script an expression over `m`, the loaded package
 */
export function probePackage(name: string, from: string, script: string): Promise<Probed> {
  const anchor = join(codeRoot(), "packages", from, "package.json");
  const code = `const m = require("node:module").createRequire(${JSON.stringify(anchor)})(${JSON.stringify(name)});
    Promise.resolve(${script}).then((answer) => console.log(String(answer)));`;
  return probe(process.execPath, ["-e", code], { TF_CPP_MIN_LOG_LEVEL: "3" });
}
