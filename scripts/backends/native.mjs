import { existsSync } from "node:fs";
import { addonPath, buildAddon } from "./addon.mjs";
import { NATIVE, packageDir } from "./packages.mjs";
import { npm, run, shortReason } from "./run.mjs";
import { findTools } from "./tools.mjs";
import { libtensorflow } from "./wheel.mjs";

/** Loads the backend and checks the gradient of one convolution by value; prints libtensorflow's version. */
const PROBE = `
// tfjs-node calls two helpers that Node 23 took out; the trainer puts them back in the same way.
Object.assign(require("node:util"), { isNullOrUndefined: (v) => v == null, isArray: Array.isArray });
const tf = require(process.argv[1]);
const x = tf.ones([1, 4, 4, 2]);
const grad = tf.grad((w) => tf.conv2d(x, w, 1, "same").sum())(tf.ones([3, 3, 2, 2]));
if (grad.dataSync()[0] !== 9) throw new Error("wrong gradient");
console.log("libtensorflow=" + tf.backend().binding.TF_Version);`;

/**
 * Native TensorFlow for training, by the first way that works: what is there already; libtensorflow from
 * the Python wheel with an addon compiled here (Linux x64); the package's own prebuilt download.
 * `dropped`: npm had left the package out, so its own download has been tried in vain already.
 * @returns {{ ok: boolean, version?: string, reason?: string, fix?: string, chosen?: boolean }}
 */
export function installNative({ root, dropped, say }) {
  if (process.env.SLUICE_BACKEND === "wasm") return { ok: false, chosen: true };
  const pkg = packageDir(root, NATIVE);
  if (!pkg) return absent;

  const present = existsSync(addonPath(pkg)) ? probe(pkg) : { ok: false };
  if (present.ok) return present;
  const built = wheelFits(process) ? build(root, pkg, say) : unfit(process);
  if (built.ok || dropped) return built;
  say(`no native TensorFlow from the wheel (${built.reason}); trying the package's own download`);
  const downloaded = prebuilt(pkg).ok ? probe(pkg) : built;
  return downloaded.ok ? downloaded : built;
}

/** The wheel holds x64 code for glibc. */
export function wheelFits({ platform, arch, report }) {
  if (platform !== "linux" || arch !== "x64") return false;
  return Boolean(report?.getReport().header.glibcVersionRuntime);
}

const absent = { ok: false, reason: "tfjs-node is not installed", fix: "Run npm ci with optional packages" };

const unfit = ({ platform, arch }) => ({
  ok: false,
  reason: `no TensorFlow wheel fits ${platform} ${arch} here`,
  fix: "Use Linux x64 with glibc, or let tfjs-node reach its download",
});

function build(root, pkg, say) {
  try {
    const { pip, compiler } = findTools();
    const tensorflow = libtensorflow({ root, pip, say });
    buildAddon({ root, pkg, tensorflow, compiler, say });
    return probe(pkg);
  } catch (error) {
    return {
      ok: false,
      reason: error.fix ? error.message : shortReason(error.message),
      fix: error.fix ?? "",
    };
  }
}

/** tfjs-node's own install script; it needs its makers' storage, which few closed networks let through. */
function prebuilt(pkg) {
  return npm(["run", "install", "--silent"], { cwd: pkg, timeout: 180_000 });
}

function probe(pkg) {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const { ok, output } = run(process.execPath, ["-e", PROBE, pkg], { env, timeout: 120_000 });
  if (!ok) return { ok, reason: `it does not load: ${shortReason(output)}`, fix: "" };
  return { ok, version: output.match(/libtensorflow=(\S+)/)?.[1] ?? "of unknown version" };
}
