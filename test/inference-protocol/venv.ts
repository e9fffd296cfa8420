import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const PACKAGES = [
  "tritonclient[http]==2.73.0",
  "kserve==0.21.0",
  "scikit-learn==1.9.1",
  "skl2onnx==1.20.0",
  "onnx==1.23.2",
  "numpy==2.4.6",
];
const run = promisify(execFile);

/**
 * The Python of a venv with Triton's and KServe's clients and scikit-learn, built on first use (700 MB) and kept.
 *
 * @returns the interpreter's path, or why there is none: no python3 with venv, no registry
 */
export async function pythonWithClients(): Promise<{ python: string } | { reason: string }> {
  const root = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
  const named = createHash("sha256").update(PACKAGES.join(" ")).digest("hex").slice(0, 12);
  const folder = path.join(root, "sluice", `clients-${named}`);
  const python = path.join(folder, "bin", "python");
  if (fs.existsSync(path.join(folder, "done"))) return { python };
  try {
    fs.rmSync(folder, { recursive: true, force: true });
    await run("python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
    fs.writeFileSync(path.join(folder, "done"), "");
    return { python };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return { reason: (stderr || message).trim().split("\n").at(-1) ?? "" };
  }
}
