import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { Architecture, Code, LayerVersion, Runtime } from "aws-cdk-lib/aws-lambda";
import type { Stack } from "sst/constructs";
import { useProject } from "sst/project.js";
import { writeIfChanged } from "./bundle";
import { ONNXRUNTIME, type Part, SHARP } from "./parts";

/** Decodes photos: for the functions that look at them. */
export const sharpLayer = (stack: Stack) => layer(stack, "Sharp", SHARP);
/** Runs models. */
export const onnxruntimeLayer = (stack: Stack) => layer(stack, "OnnxRuntime", ONNXRUNTIME);

/** Each stack has its own: a layer's ARN changes with its content, and CloudFormation bears no changing exports. */
function layer(stack: Stack, id: string, parts: Part[]): LayerVersion {
  return new LayerVersion(stack, id, {
    code: Code.fromAsset(layerFolder(id, parts)),
    compatibleRuntimes: [Runtime.NODEJS_22_X],
    compatibleArchitectures: [Architecture.X86_64],
    description: `${parts[0]?.name} for linux-x64`,
  });
}

/** The folder of the layer, `nodejs/node_modules/…` as Lambda wants it; only files for linux-x64 are in it. */
export function layerFolder(id: string, parts: Part[]): string {
  const { out } = useProject().paths;
  const folder = join(out, "layers", id);
  const modules = join(folder, "nodejs/node_modules");
  const wanted = new Set<string>();
  for (const part of parts) {
    const from = packageFolder(part);
    for (const file of filesUnder(from).filter((path) => part.files.test(path))) {
      const to = join(modules, part.name, file);
      wanted.add(to);
      writeIfChanged(to, readFileSync(join(from, file)));
    }
  }
  for (const file of filesUnder(modules).map((path) => join(modules, path)))
    if (!wanted.has(file)) rmSync(file); // of an older version
  return folder;
}

/** Where it is installed; where npm left it out, because this is no linux-x64, it is fetched at its exact version. */
function packageFolder({ name, optionalOf }: Part): string {
  const { root } = useProject().paths;
  const installed = findPackage(root, name);
  if (installed) return installed;
  const owner = SHARP.find((part) => part.name === optionalOf);
  const version = owner && manifest(packageFolder(owner)).optionalDependencies?.[name];
  if (!version) throw missing(name);
  return fetched(name, version);
}

function findPackage(root: string, name: string): string | undefined {
  const paths = createRequire(join(root, "packages/serving/package.json")).resolve.paths(name) ?? [];
  return paths.map((path) => join(path, name)).find((path) => existsSync(join(path, "package.json")));
}

const manifest = (folder: string): { optionalDependencies?: Record<string, string> } =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const missing = (name: string, cause?: unknown) =>
  new SluiceError(
    "host.backend_missing",
    `${name} is not installed, so the Lambdas cannot be packaged for linux-x64`,
    "Install again: npm ci (packages for another platform are fetched by npm pack, which needs the registry).",
    { cause },
  );

function fetched(name: string, version: string): string {
  const { root } = useProject().paths;
  const cache = join(root, "node_modules/.cache/sluice-layers", `${name.replace("/", "-")}-${version}`);
  const folder = join(cache, "package");
  if (existsSync(join(folder, "package.json"))) return folder;
  mkdirSync(dirname(cache), { recursive: true });
  const temporary = mkdtempSync(`${cache}-`);
  try {
    const pack = ["pack", `${name}@${version}`, "--silent", "--pack-destination", temporary];
    const tarball = execFileSync("npm", pack, { cwd: root, encoding: "utf8" }).trim();
    mkdirSync(cache, { recursive: true });
    execFileSync("tar", ["-xzf", join(temporary, tarball), "-C", cache]);
  } catch (cause) {
    throw missing(name, cause);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

/** Relative paths, sorted. */
function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !relative(folder, entry.parentPath).startsWith("node_modules"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
