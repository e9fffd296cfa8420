import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { useProject } from "sst/project.js";
import { LAMBDAS } from "../lambdas";
import { kebab } from "../names";

/** Where the Lambda entries are, one file each. */
export const ENTRIES = "packages/functions/src/lambda";

/** What the runtime brings, and what comes in as a folder because it holds native code. */
const EXTERNAL = ["@aws-sdk/client-*", "sharp", "onnxruntime-node"];

/**
 * CommonJS, because `require` finds what lies in a layer and in the runtime by NODE_PATH, on AWS and elsewhere; then
 * the module's own address has to be given by hand.
 */
const BANNER = 'const __moduleUrl=require("node:url").pathToFileURL(__filename).href;';

const bundled = new Set<string>();

/** The folder with a Lambda's bundle, `index.js`: all entries are bundled in one go, once per project and process. */
export function bundleOf(kebab: string): string {
  const { root, out } = useProject().paths;
  const folder = join(out, "lambda");
  if (!bundled.has(root)) {
    bundleAll(root, folder);
    bundled.add(root);
  }
  return join(folder, kebab);
}

function bundleAll(root: string, folder: string): void {
  const names = LAMBDAS.map(kebab).filter((name) => existsSync(join(root, ENTRIES, `${name}.ts`)));
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: join(ENTRIES, `${name}.ts`), out: `${name}/index` })),
    outdir: folder,
    bundle: true,
    write: false,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    external: EXTERNAL,
    alias: { zod: oneZod(root) },
    define: { "import.meta.url": "__moduleUrl" },
    banner: { js: BANNER },
    minify: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "silent",
  });
  for (const { path, contents } of outputFiles) writeIfChanged(path, contents);
}

/** Each package may have its own copy of the same version; one is enough. */
const oneZod = (root: string) =>
  dirname(createRequire(join(root, "packages/core/package.json")).resolve("zod/package.json"));

/** Whole or not at all, and not again: other processes may be reading the same bundle. */
export function writeIfChanged(path: string, contents: Uint8Array): void {
  if (read(path)?.equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
