import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

const DAY_MS = 24 * 3_600_000;
const COMPLETE = ".complete";

/** Where an unpacked libtensorflow may be kept, best place first. */
export function cacheCandidates({ env, home, root }) {
  const own = path.join(root, "node_modules", ".cache", "libtensorflow");
  return [env.LIBTF_CACHE, home && path.join(home, ".cache", "libtensorflow"), own].filter(Boolean);
}

/** The first place that holds the version already or can be written to, else null. */
export function chooseCache(candidates, version, canWrite = isWritable) {
  return candidates.find((dir) => isComplete(path.join(dir, version)) || canWrite(dir)) ?? null;
}

/** True when the folder was filled to its end: the mark is written last. */
export const isComplete = (dir) => existsSync(path.join(dir, COMPLETE));

function isWritable(dir) {
  try {
    makeFolder(dir);
    rmSync(mkdtempSync(path.join(dir, ".probe-")), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Level by level: `mkdirSync`'s own `recursive` never returns under a home such as /proc/none (Node 20). */
function makeFolder(dir) {
  if (existsSync(dir)) return;
  makeFolder(path.dirname(dir));
  try {
    mkdirSync(dir);
  } catch (error) {
    if (error.code !== "EEXIST") throw error; // another install made it meanwhile
  }
}

/**
 * Fills `dir` by way of a folder beside it and a rename, so that an interruption leaves nothing half, and
 * two installs at once each work in a folder of their own: the first to finish is kept.
 * @param {string} dir
 * @param {(scratch: string) => void} fill throws when it cannot
 */
export function fillOnce(dir, fill) {
  const parent = path.dirname(dir);
  removeAbandoned(parent);
  const scratch = mkdtempSync(path.join(parent, ".filling-"));
  try {
    fill(scratch);
    chmodSync(scratch, 0o755); // a cache may be shared by several users
    writeFileSync(path.join(scratch, COMPLETE), "");
    if (isComplete(dir)) return;
    rmSync(dir, { recursive: true, force: true });
    moveInto(scratch, dir);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function moveInto(scratch, dir) {
  try {
    renameSync(scratch, dir);
  } catch (error) {
    if (!isComplete(dir)) throw error; // else another install was faster by a moment
  }
}

/** What a killed install left; younger folders may belong to one that is at work. */
function removeAbandoned(parent) {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(".filling-"))) {
    const scratch = path.join(parent, name);
    const age = Date.now() - (statSync(scratch, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > DAY_MS) rmSync(scratch, { recursive: true, force: true });
  }
}
