import {
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { run, shortReason, unable } from "./run.mjs";

const CC = "libtensorflow_cc.so.2";
const FRAMEWORK = "libtensorflow_framework.so.2";
// The C API lives in libtensorflow_cc; tfjs-node links against the name libtensorflow.
const ALIASES = {
  "libtensorflow.so": CC,
  "libtensorflow.so.2": CC,
  "libtensorflow.so.2.9.1": CC,
  "libtensorflow_framework.so": FRAMEWORK,
  "libtensorflow_framework.so.2.9.1": FRAMEWORK,
};

/** Where tfjs-node looks for its addon: it declares N-API 3 to 8. */
export const addonPath = (pkg, napi = process.versions.napi) =>
  path.join(pkg, "lib", `napi-v${Math.min(8, Number(napi))}`, "tfjs_binding.node");

/**
 * Lays libtensorflow out as tfjs-node expects it and compiles the addon against it. The addon appears last
 * and by rename, so one that is there is whole.
 */
export function buildAddon({ root, pkg, tensorflow, compiler, say }) {
  const addon = addonPath(pkg);
  rmSync(addon, { force: true });
  layOut(pkg, tensorflow);
  mkdirSync(path.dirname(addon), { recursive: true });
  say("compiling the TensorFlow addon");
  const fresh = `${addon}.new`;
  const { ok, output } = run(compiler, compilerArgs(pkg, napiHeaders(root), fresh));
  if (!ok) throw unable(`${compiler}: ${shortReason(output)}`, "Install a C++17 compiler (Debian: g++)");
  renameSync(fresh, addon);
}

function layOut(pkg, tensorflow) {
  const deps = path.join(pkg, "deps");
  const lib = path.join(deps, "lib");
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(lib, { recursive: true });
  for (const name of [CC, FRAMEWORK]) linkOrCopy(path.join(tensorflow, "lib", name), path.join(lib, name));
  for (const [alias, target] of Object.entries(ALIASES)) symlinkSync(target, path.join(lib, alias));
  cpSync(path.join(tensorflow, "include"), path.join(deps, "include"), { recursive: true });
}

function linkOrCopy(source, target) {
  try {
    linkSync(source, target); // no second 600 MB on the same file system
  } catch {
    copyFileSync(source, target, constants.COPYFILE_FICLONE);
  }
}

/** node-api-headers where development packages are installed, else the headers beside Node itself. */
function napiHeaders(root) {
  try {
    const manifest = createRequire(path.join(root, "package.json")).resolve("node-api-headers/package.json");
    return path.join(path.dirname(manifest), "include");
  } catch {
    const beside = path.resolve(path.dirname(process.execPath), "..", "include", "node");
    if (existsSync(path.join(beside, "node_api.h"))) return beside;
    throw unable("no node_api.h", "Install with development packages");
  }
}

const compilerArgs = (pkg, headers, output) => [
  ...["-O2", "-std=c++17", "-fPIC", "-shared", "-w", "-D_GLIBCXX_USE_CXX11_ABI=1", "-DNAPI_VERSION=8"],
  ...["-I", headers, "-I", path.join(pkg, "deps", "include"), "-I", pkg],
  ...["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => path.join(pkg, "binding", name)),
  ...["-o", output, "-L", path.join(pkg, "deps", "lib"), "-ltensorflow", "-ltensorflow_framework"],
  "-Wl,-rpath,$ORIGIN/../../deps/lib", // found beside the addon, so LD_LIBRARY_PATH is not needed
];
