import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { ONNXRUNTIME, PAGE, type Part, SHARP, SWAGGER } from "../../stacks/packaging/parts";
import { type Component, npmComponent, sbomOf } from "./sbom";

/**
 * Writes what the image's /app holds: the server, a world each, and the packages that cannot be bundled.
 *
 *   tsx deploy/image/bundle.ts FOLDER [DEBIAN_PACKAGES]
 *
 * DEBIAN_PACKAGES is a file with lines "name version", for the SBOM, which is FOLDER/sbom.cdx.json.
 */
const ROOT = join(import.meta.dirname, "../..");
/** By the file that each becomes; SLUICE_WORLD names aws or local, and the server starts its threads with the last two. */
const PROGRAMS = {
  "sluice-serve": "packages/serving/src/main.ts",
  aws: "packages/aws/src/world.ts",
  local: "packages/local/src/host-world.ts",
  thread: "packages/serving/src/predictor/threads/thread.ts",
  "onnx-thread": "packages/serving/src/onnx/thread.ts",
};
/** Bundled CommonJS asks for Node's own modules by `require`, which a module does not have. */
const BANNER = 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);';

export async function bundle(folder: string): Promise<Component[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(PROGRAMS).map(([out, path]) => ({ in: path, out })),
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    external: ["sharp", "onnxruntime-node", "swagger-ui-dist"],
    banner: { js: BANNER },
    minify: true,
    keepNames: true,
    metafile: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "warning",
  });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  for (const name of readdirSync(join(ROOT, PAGE.folder)).filter((name) => PAGE.files.test(name)))
    cpSync(join(ROOT, PAGE.folder, name), join(folder, name));

  const native = [...SHARP, ...ONNXRUNTIME, SWAGGER].map((part) => copyPart(part, folder));
  const bundled = Object.keys(metafile.inputs).flatMap((path) => packageOf(path) ?? []);
  return [...new Set([...native, ...bundled])].map((path) => npmComponent(join(ROOT, path)));
}

/** @returns where it is installed, relative to the repository. */
function copyPart({ name, files }: Part, folder: string): string {
  const from = installed(name);
  for (const file of readdirSync(from, { recursive: true, encoding: "utf8" }).filter((f) => files.test(f))) {
    if (file.startsWith("node_modules/")) continue;
    const to = join(folder, "node_modules", name, file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(from, file), to);
  }
  return relative(ROOT, from);
}

function installed(name: string): string {
  const require = createRequire(join(ROOT, "packages/serving/package.json"));
  const found = (require.resolve.paths(name) ?? []).map((path) => join(path, name)).find(isPackage);
  if (!found) throw new Error(`${name} is not installed. Run npm ci on a 64-bit Linux with glibc.`);
  return found;
}

function isPackage(path: string): boolean {
  try {
    return Boolean(readFileSync(join(path, "package.json")));
  } catch {
    return false;
  }
}

/** "node_modules/@hono/zod-openapi" of a file in it; undefined for files of ours. */
const packageOf = (path: string): string | undefined =>
  /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];

if (process.argv[1] === import.meta.filename) {
  const [, , folder, debian] = process.argv;
  if (!folder) throw new Error("usage: bundle.ts FOLDER [DEBIAN_PACKAGES]");
  const components = await bundle(folder);
  writeFileSync(join(folder, "sbom.cdx.json"), sbomOf(components, debian && readFileSync(debian, "utf8")));
}
