import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const TORCH = "2.15.0";

/**
 * The Python of a venv with PyTorch, built on first use (5 GB: the registry's wheel brings its GPU libraries) and kept.
 *
 * @returns the interpreter's path. Throws where there is no python3 with venv, or no registry.
 */
export function pythonWithTorch(): string {
  const root = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
  const folder = path.join(root, "sluice", `torch-${TORCH}`);
  const python = path.join(folder, "bin", "python");
  const done = path.join(folder, "done");
  if (fs.existsSync(done)) return python;
  fs.rmSync(folder, { recursive: true, force: true });
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: ["ignore", 2, 2] });
  run("python3", "-m", "venv", folder);
  run(python, "-m", "pip", "install", "--quiet", `torch==${TORCH}`, "numpy");
  fs.writeFileSync(done, "");
  return python;
}
