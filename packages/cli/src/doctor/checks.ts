import { access, constants, statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname } from "node:path";
import { readLock } from "@sluice/local/lock/index";
import { type Probed, probe, probePackage } from "./probe";

export interface Check {
  name: string;
  /** `fallback`: it works, with something slower or without something optional. */
  state: "ok" | "fallback" | "missing";
  detail: string;
  fix?: string;
}

const SETUP = "npm run setup";
const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const isFit = (major === 20 && minor >= 19) || major >= 22;
  if (isFit) return { name: "node", state: "ok", detail: version };
  return {
    name: "node",
    state: "missing",
    detail: `${version} is too old`,
    fix: "Install Node 20.19+ or 22+.",
  };
}

/** Native TensorFlow, else wasm: what a training will run on. */
export function backendCheck(native: Probed, wasm: Probed): Check {
  const name = "training backend";
  if (native.ok) return { name, state: "ok", detail: `native TensorFlow (${native.answer})` };
  const why = `native TensorFlow does not load: ${native.reason}`;
  if (wasm.ok) {
    return { name, state: "fallback", detail: `wasm, some three times slower; ${why}`, fix: SETUP };
  }
  return { name, state: "missing", detail: `${why}; wasm does not either: ${wasm.reason}`, fix: "npm ci" };
}

export const nativeProbe = () =>
  probePackage(
    "@tensorflow/tfjs-node",
    "trainer",
    '["tfjs-node", m.version["tfjs-node"] ?? m.version.tfjs].join(" ")',
  );
const wasmProbe = () => probePackage("@tensorflow/tfjs-backend-wasm", "trainer", "m.version_wasm");

function required(name: string, found: Probed, fix: string): Check {
  if (found.ok) return { name, state: "ok", detail: found.answer };
  return { name, state: "missing", detail: found.reason, fix };
}

function optional(name: string, found: Probed, without: string): Check {
  if (found.ok) return { name, state: "ok", detail: found.answer };
  return { name, state: "fallback", detail: `${found.reason}: ${without}` };
}

async function chromium(): Promise<Probed> {
  const names = [process.env.CHROME_PATH, "chromium", "chromium-browser", "google-chrome"];
  for (const name of names) {
    const found = name ? await probe(name, ["--version"]) : undefined;
    if (found?.ok) return found;
  }
  return { ok: false, reason: "not found" };
}

/** The folder itself, or the one in which it would be made. */
const nearest = async (folder: string): Promise<string> =>
  access(folder).then(
    () => folder,
    () => (dirname(folder) === folder ? folder : nearest(dirname(folder))),
  );

async function homeCheck(home: string): Promise<Check> {
  const name = "home folder";
  try {
    const there = await nearest(home);
    await access(there, constants.W_OK);
    const { bavail, bsize } = await statfs(there);
    const free = bavail * bsize;
    const detail = `${home}, ${gib(free)} free`;
    if (free > 2 ** 30) return { name, state: "ok", detail };
    return { name, state: "fallback", detail, fix: "Make room, or choose another with SLUICE_HOME." };
  } catch (error) {
    const detail = `${home} cannot be written: ${(error as Error).message}`;
    return {
      name,
      state: "missing",
      detail,
      fix: `Mend ${dirname(home)}, or choose another with SLUICE_HOME.`,
    };
  }
}

async function lockCheck(home: string): Promise<Check> {
  const holder = await readLock(home).catch(() => undefined);
  const at = holder?.url ? ` at ${holder.url}` : "";
  const detail = holder ? `process ${holder.pid}${at}, since ${holder.since}` : "nobody";
  return { name: "works in it", state: "ok", detail };
}

/** What is here, what falls back to what, and how to mend it. */
export async function checkAll(home: string): Promise<Check[]> {
  const [npm, native, wasm, onnx, images, git, browser, python, pip, compiler] = await Promise.all([
    probe("npm", ["--version"]),
    nativeProbe(),
    wasmProbe(),
    probePackage("onnxruntime-node", "serving", "m.env.versions.node"),
    probePackage("sharp", "core", '[m.versions.sharp, "libvips", m.versions.vips].join(" ")'),
    probe("git", ["--version"]),
    chromium(),
    probe("python3", ["--version"]),
    probe("python3", ["-m", "pip", "--version"]),
    probe("g++", ["-dumpfullversion"]),
  ]);
  const forNative = native.ok ? "native TensorFlow is there already" : "needed to install native TensorFlow";
  return [
    nodeCheck(process.version),
    optional("npm", npm, "only needed to install"),
    backendCheck(native, wasm),
    required("onnxruntime", onnx, SETUP),
    required("sharp", images, "npm ci"),
    optional("git", git, "lineage then says no code commit"),
    optional("chromium", browser, "the browser test is skipped"),
    optional("python3", python, forNative),
    optional("pip", pip, forNative),
    optional("g++", compiler, forNative),
    await homeCheck(home),
    await lockCheck(home),
    { name: "machine", state: "ok", detail: `${availableParallelism()} cores, ${gib(totalmem())} memory` },
  ];
}
