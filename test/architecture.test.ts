import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MAX_LINES = 300;

/** What each room may import of ours, besides itself. Nothing imports functions: the runner loads them by name. */
const MAY_IMPORT: Record<string, string[]> = {
  core: [],
  local: ["core", "stacks/pipeline-definition"],
  functions: ["core"],
  "functions/src/lambda": ["core", "aws", "control", "serving"],
  aws: ["core"],
  control: ["core"],
  samples: ["core"],
  serving: ["core"],
  trainer: ["core", "serving"],
  cli: ["core", "local", "aws", "control", "samples", "serving", "trainer", "stacks/stage"],
  stacks: ["core", "aws", "deploy/host/cloud-init"],
};
/** The domain knows no AWS, no SST and no tensor library. */
const UNKNOWN_TO_CORE =
  /^(@?aws-|@aws\/|@aws-sdk\/|@smithy\/|sst|constructs|@tensorflow\/|onnx|hono|@hono\/)/;

interface Source {
  /** Relative to the repository, with `/`. */
  path: string;
  text: string;
}

/** What a source imports by a name that is written out, at its top or later. */
function imports({ path, text }: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    const name = nameOf(node);
    if (name && ts.isStringLiteralLike(name)) found.push(name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}

function nameOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0];
  return undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return ts.isImportTypeNode(node) || (ts.isExportDeclaration(node) && node.isTypeOnly);
}

/** `core` for packages/core/…; `stacks/pipeline-definition` for a file of another folder. */
function placeOf(path: string): string {
  const [top = "", name = "", ...rest] = path.split("/");
  return top === "packages" ? name : [top, name, ...rest].filter(Boolean).join("/").replace(/\.ts$/, "");
}

/** The place of ours that an import leads to; undefined for a library. */
function target(from: string, name: string): string | undefined {
  if (name.startsWith(".")) return placeOf(posix.join(posix.dirname(from), name));
  return /^@sluice\/([^/]+)/.exec(name)?.[1];
}

/** The rule of the innermost folder that has one. */
function ruleOf(path: string): { room: string; allowed: string[] | undefined } {
  const place = path.replace(/^packages\//, "");
  const room = place.split("/")[0] ?? "";
  const folder = Object.keys(MAY_IMPORT).find((key) => key.includes("/") && place.startsWith(`${key}/`));
  return { room, allowed: MAY_IMPORT[folder ?? room] };
}

/** One line for each import that points the wrong way. */
function violations(sources: Source[]): string[] {
  return sources.flatMap((source) => {
    const { room, allowed } = ruleOf(source.path);
    if (!allowed) return [`${source.path}: ${room} has no rule`];
    return imports(source).flatMap((name) => {
      const to = target(source.path, name);
      const isAllowed =
        to === undefined
          ? !(room === "core" && UNKNOWN_TO_CORE.test(name))
          : to.split("/")[0] === room || allowed.includes(to);
      return isAllowed ? [] : [`${source.path}: ${room} may not import ${name}`];
    });
  });
}

const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.name === "node_modules") return [];
    return entry.isDirectory() ? filesIn(path) : [path];
  });
const read = (path: string): Source => ({ path, text: readFileSync(join(root, path), "utf8") });
const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}`);
const isCode = (path: string) => /\.(ts|tsx|mts|js|mjs|sh)$/.test(path);

describe("imports point inwards", () => {
  test("in every package and stack", () => {
    const code = [...packages.map((path) => `${path}/src`), "stacks"].flatMap(filesIn);
    const sources = code.filter((path) => /\.tsx?$/.test(path)).map(read);
    expect(sources.length).toBeGreaterThan(100);
    expect(violations(sources)).toEqual([]);
  });

  test.each([
    ["packages/core/src/run/index.ts", 'import { openWorld } from "@sluice/local";'],
    ["packages/core/src/run/index.ts", 'import type { Thing } from "../../../local/src/index";'],
    ["packages/core/src/run/index.ts", 'export * from "@aws-sdk/client-s3";'],
    ["packages/core/src/run/index.ts", 'const later = () => import("@tensorflow/tfjs");'],
    ["packages/serving/src/app.ts", 'let model: import("@sluice/trainer").Model;'],
    ["packages/trainer/src/main.ts", 'import { fileBlobs } from "@sluice/local/blobs/index";'],
    ["packages/local/src/runner/index.ts", 'import { handler } from "@sluice/functions/index";'],
    ["packages/local/src/runner/index.ts", 'import { Storage } from "../../../../stacks/storage";'],
    ["packages/cli/src/main.ts", "const load = () => import(`@sluice/functions`);"],
    ["packages/cli/src/main.ts", 'export { pipeline } from "../../../stacks/pipeline-definition";'],
    ["packages/functions/src/steps/acquire-host.ts", 'import { ec2Host } from "@sluice/aws";'],
    ["packages/aws/src/index.ts", 'import { fileBlobs } from "@sluice/local";'],
    ["packages/unheard-of/src/index.ts", ""],
  ])("a violation in %s is found: %s", (path, text) => {
    expect(violations([{ path, text }])).toHaveLength(1);
  });

  test.each([
    [
      "packages/local/src/runner/index.ts",
      'import { definition } from "../../../../stacks/pipeline-definition";',
    ],
    ["packages/trainer/src/main.ts", 'import { Run } from "@sluice/core"; import "@sluice/serving/app";'],
    [
      "packages/local/src/runner/index.ts",
      'const load = (step: string) => import("@sluice/functions/" + step);',
    ],
    ["packages/core/src/run/index.ts", 'import * as z from "zod"; import { verb } from "../verb";'],
    ["packages/core/src/run/index.ts", '// import "@sluice/local"\nconst text = \'import "@sluice/local"\';'],
  ])("what is allowed in %s is: %s", (path, text) => {
    expect(violations([{ path, text }])).toEqual([]);
  });
});

test("programs on the host load the local world without its heavy libraries", () => {
  const entry = "packages/local/src/index.ts";
  const reached = new Set<string>();
  const libraries = new Set<string>();
  const follow = (path: string) => {
    if (reached.has(path)) return;
    reached.add(path);
    const source = read(path);
    for (const name of staticImports(source)) {
      if (!name.startsWith(".")) libraries.add(name);
      else follow(onDisk(posix.join(posix.dirname(path), name)));
    }
  };
  follow(entry);
  expect(reached.size).toBeGreaterThan(10);
  expect([...libraries].filter((name) => !/^(node:|@sluice\/core|zod$)/.test(name))).toEqual([]);
});

const staticImports = ({ path, text }: Source): string[] =>
  ts
    .createSourceFile(path, text, ts.ScriptTarget.Latest)
    .statements.filter((statement) => !isTypeOnly(statement))
    .flatMap((statement) => {
      const name = nameOf(statement);
      return name && ts.isStringLiteralLike(name) ? [name.text] : [];
    });

const isFile = (path: string) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
const onDisk = (path: string) => [`${path}.ts`, `${path}/index.ts`].find(isFile) ?? path;

test(`no source file is over ${MAX_LINES} lines`, () => {
  const folders = [...packages, "stacks", "test", "scripts"];
  const long = folders
    .flatMap(filesIn)
    .filter(isCode)
    .map((path) => ({ path, lines: read(path).text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > MAX_LINES);
  expect(long).toEqual([]);
});
