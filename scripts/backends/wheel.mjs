import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { cacheCandidates, chooseCache, fillOnce, isComplete } from "./cache.mjs";
import { run, shortReason, unable } from "./run.mjs";

/** tfjs-node 4.22 was made for libtensorflow 2.9; 2.15.1 has the same C API and is the last that fits. */
export const TF_VERSION = "2.15.1";
// Any Python tag the wheel exists for: the C library inside does not depend on Python.
const PYTHON_TAG = "310";
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/** Takes the two libraries and the C headers out of the wheel, streaming: one of them has 565 MB. */
const UNPACK = `
import os, re, shutil, sys, zipfile
wheel, out = sys.argv[1:]
library = re.compile(r'tensorflow/(libtensorflow_(?:cc|framework)[.]so[.]2)$')
header = re.compile(r'tensorflow/include/((?:tensorflow/c|tensorflow/core/platform|tsl|xla/tsl)/.*[.]h)$')
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.infolist():
        lib, head = library.match(entry.filename), header.match(entry.filename)
        if not (lib or head):
            continue
        target = os.path.join(out, 'lib', lib[1]) if lib else os.path.join(out, 'include', head[1])
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(entry) as source, open(target, 'wb') as sink:
            shutil.copyfileobj(source, sink, 1 << 22)
`;

/**
 * libtensorflow and its C headers out of the tensorflow-cpu wheel, which any Python package registry has.
 * @returns {string} a folder with `lib/` and `include/`
 * @throws with a reason and a `fix` when pip, the network or the disk does not allow it
 */
export function libtensorflow({ root, pip, say }) {
  const candidates = cacheCandidates({ env: process.env, home: homeOrNull(), root });
  const cache = chooseCache(candidates, TF_VERSION);
  if (!cache) throw unable("no writable cache folder", "Set LIBTF_CACHE to a folder");
  const dir = path.join(cache, TF_VERSION);
  if (isComplete(dir)) return dir;

  fillOnce(dir, (scratch) => {
    say(`downloading libtensorflow ${TF_VERSION} (207 MB, once; kept in ${cache})`);
    unpack(download(pip, scratch), scratch);
  });
  return dir;
}

function homeOrNull() {
  try {
    return os.homedir();
  } catch {
    return null; // no HOME and no entry in the user database
  }
}

function download([command, ...rest], scratch) {
  const dir = path.join(scratch, "wheel");
  const { ok, output } = run(command, [
    ...rest,
    ...["download", "--quiet", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"],
    ...["--only-binary=:all:", "--platform", "manylinux2014_x86_64"],
    ...["--implementation", "cp", "--python-version", PYTHON_TAG],
    ...["--dest", dir, `tensorflow-cpu==${TF_VERSION}`],
  ]);
  const wheel = ok && readdirSync(dir).find((name) => name.endsWith(".whl"));
  if (!wheel) throw unable(`pip: ${shortReason(output)}`, "Let pip reach tensorflow-cpu");
  return path.join(dir, wheel);
}

function unpack(wheel, scratch) {
  const { ok, output } = run("python3", ["-c", UNPACK, wheel, scratch]);
  const whole = LIBRARIES.every((name) => sizeOf(path.join(scratch, "lib", name)) > 0);
  if (!ok || !whole) throw unable(`unpacking: ${shortReason(output)}`, "Free 1 GB of disk");
  rmSync(path.dirname(wheel), { recursive: true });
}

const sizeOf = (file) => (existsSync(file) ? statSync(file).size : 0);
