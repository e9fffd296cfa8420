/**
 * The one line that ends an installation.
 * @param {object} found
 * @param {{ ok: boolean, version?: string, reason?: string, fix?: string, chosen?: boolean }} found.native
 *   `version` is libtensorflow's; `chosen` says that wasm was asked for
 * @param {{ ok: boolean, version?: string | null, reason?: string, fix?: string }} found.inference
 */
export function closingLine({ native, inference }) {
  return `sluice: training on ${training(native)}; inference ${answering(inference)}.`;
}

function training({ ok, version, reason, fix, chosen }) {
  if (ok) return `native TensorFlow ${version}`;
  if (chosen) return "wasm, as SLUICE_BACKEND asks (some three times slower than native)";
  return `wasm, some three times slower than native (${because(reason, fix)})`;
}

function answering({ ok, version, reason, fix }) {
  if (ok) return `on onnxruntime-node ${version}`;
  return `NOT available (onnxruntime-node: ${because(reason, fix)})`;
}

function because(reason, fix) {
  const advice = fix ? `${fix}, then npm run setup` : "To try again: npm run setup";
  return `${reason}. ${advice}`;
}
