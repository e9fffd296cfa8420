#!/usr/bin/env node
// Gives the workspace its compute backends after `npm ci`, and again on `npm run setup`: native TensorFlow
// for training (else wasm, which is always there) and onnxruntime-node for inference. An install never
// fails because of it; its last line says what is there, what fell back and how to mend it.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installInference } from "./backends/inference.mjs";
import { installNative } from "./backends/native.mjs";
import { INFERENCE, missingPackages, NATIVE, restore } from "./backends/packages.mjs";
import { closingLine } from "./backends/report.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const startedAt = Date.now();
const say = (message) => {
  console.log(`[backends ${((Date.now() - startedAt) / 1000).toFixed(0)}s] ${message}`);
};

function install() {
  const wanted = process.env.SLUICE_BACKEND === "wasm" ? [INFERENCE] : [NATIVE, INFERENCE];
  const missing = missingPackages(root, wanted);
  if (missing.length > 0) restore(root, say);
  const dropped = missing.includes(NATIVE);
  return { inference: installInference(root), native: installNative({ root, dropped, say }) };
}

let line;
try {
  line = closingLine(install());
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  line = closingLine({
    native: { ok: false, reason, fix: "" },
    inference: { ok: false, reason: "not checked", fix: "" },
  });
}
console.log(line);
