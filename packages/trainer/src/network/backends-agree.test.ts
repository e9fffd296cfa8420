import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { BackendName } from "../backend";

const program = fileURLToPath(new URL("../testing/small-net-gradients.ts", import.meta.url));
interface Printed {
  loss: number;
  gradient: number[];
  statistics: number[];
}

/** In a process of its own: two backends never share one. Null: the backend is not there. */
function on(backend: BackendName): Printed | null {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", program, backend], {
    encoding: "utf8",
    maxBuffer: 1 << 27,
  });
  if (status === 0) return JSON.parse(stdout.trim().split("\n").slice(-1)[0]);
  if (stderr.includes("host.backend_missing")) return null;
  throw new Error(stderr);
}
const largest = (values: number[]) => values.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
const difference = (a: number[], b: number[]) => largest(a.map((v, i) => v - b[i]));

test("native and wasm find the same loss, gradients and statistics", { timeout: 60_000 }, ({ skip }) => {
  const native = on("native");
  if (!native) return skip("native TensorFlow is not installed: the backends are NOT compared");
  const wasm = on("wasm");
  if (!wasm) throw new Error("the wasm backend does not start");

  expect(native.gradient.length).toBe(wasm.gradient.length);
  expect(largest(native.gradient)).toBeGreaterThan(0.01);
  expect(Math.abs(native.loss - wasm.loss)).toBeLessThan(1e-5);
  expect(difference(native.gradient, wasm.gradient)).toBeLessThan(1e-4 * largest(native.gradient));
  expect(difference(native.statistics, wasm.statistics)).toBeLessThan(1e-4 * largest(native.statistics));
});
