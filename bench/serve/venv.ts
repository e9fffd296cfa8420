import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pythonWithTorch } from "../train/venv";

const PACKAGES = [
  "fastapi==0.165.0",
  "uvicorn[standard]==0.54.0",
  "python-multipart==0.0.34",
  "pillow==13.0.0",
];

/**
 * The Python of the venv with PyTorch, and a folder for its PYTHONPATH with FastAPI and what it needs (63 MB), which
 * is filled on first use and kept beside it.
 *
 * Throws where there is no python3 with venv, or no registry.
 */
export function pythonWithFastApi(): { python: string; packages: string } {
  const python = pythonWithTorch();
  const venv = path.dirname(path.dirname(python));
  const packages = path.join(path.dirname(venv), PACKAGES[0].replace("==", "-"));
  const done = path.join(packages, "done");
  if (fs.existsSync(done)) return { python, packages };
  fs.rmSync(packages, { recursive: true, force: true });
  execFileSync(python, ["-m", "pip", "install", "--quiet", "--target", packages, ...PACKAGES], {
    stdio: ["ignore", 2, 2],
  });
  fs.writeFileSync(done, "");
  return { python, packages };
}
