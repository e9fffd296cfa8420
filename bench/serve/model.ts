import { execFileSync } from "node:child_process";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Bundle, sha256, Training } from "@sluice/core";
import { writeSamples } from "@sluice/samples";

/** The networks' sizes decide the time; what they have learnt decides only whether they find a window. */
const BUDGET_SECONDS = 150;
const DRAWN = { count: 160, seed: 20 };

/**
 * A folder with a bundle of the default recipe's two networks, which finds the window on most photos: trained for
 * some minutes on first use, on drawn photos or on those of a folder, and kept.
 */
export async function trainedModel(data: string | undefined): Promise<string> {
  const recipe = JSON.stringify({ budgetSeconds: BUDGET_SECONDS });
  const root = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
  const name = sha256(Buffer.from(JSON.stringify([recipe, data ? path.resolve(data) : DRAWN]))).slice(0, 12);
  const folder = path.join(root, "sluice", `bench-model-${name}`);
  const bundle = path.join(folder, path.basename(Training.keys("bench-1").bundle));
  if (await exists(path.join(bundle, Bundle.MODEL_JSON))) return bundle;
  console.error(`A model is trained for ${BUDGET_SECONDS} s and kept under ${folder}`);
  const drawn = await fs.mkdtemp(path.join(os.tmpdir(), "sluice-bench-drawn-"));
  try {
    if (!data) await writeSamples(drawn, DRAWN);
    const program = fileURLToPath(new URL("../train/once.ts", import.meta.url));
    const args = ["--import", "tsx", program, data ?? drawn, recipe, folder];
    execFileSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
  } finally {
    await fs.rm(drawn, { recursive: true, force: true });
  }
  return bundle;
}

const exists = (file: string) =>
  fs.access(file).then(
    () => true,
    () => false,
  );
