import { INFERENCE, packageDir, packageVersion } from "./packages.mjs";
import { run, shortReason } from "./run.mjs";

/** An ONNX file of one Identity node over float[1]: opset 13, IR 8, written out by hand. */
const IDENTITY = "CAg6NwoQCgF4EgF5IghJZGVudGl0eRIBZ1oPCgF4EgoKCAgBEgQKAggBYg8KAXkSCgoICAESBAoCCAFCBAoAEA0=";

const PROBE = `
process.env.ORT_DISABLE_TELEMETRY = "1";
const ort = require(process.argv[1]);
const x = new ort.Tensor("float32", Float32Array.of(7), [1]);
ort.InferenceSession.create(Buffer.from("${IDENTITY}", "base64"))
  .then((session) => session.run({ x }))
  .then(({ y }) => { if (y.data[0] !== 7) throw new Error("wrong answer"); });`;

/**
 * Checks that onnxruntime-node answers a one-node model. Its CPU runtime comes inside the package.
 * @returns {{ ok: boolean, version: string | null, reason: string, fix: string }}
 */
export function installInference(root) {
  const version = packageVersion(root, INFERENCE);
  const dir = packageDir(root, INFERENCE);
  if (!dir)
    return {
      ok: false,
      version,
      reason: "the package is not installed",
      fix: "Run npm ci with optional packages",
    };
  const { ok, output } = run(process.execPath, ["-e", PROBE, dir], { timeout: 60_000 });
  return {
    ok,
    version,
    reason: ok ? "" : shortReason(output),
    fix: ok ? "" : "It needs glibc 2.27+, macOS or Windows",
  };
}
