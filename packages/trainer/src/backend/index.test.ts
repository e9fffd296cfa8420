import { expect, onTestFinished, test, vi } from "vitest";
import { loadBackend } from "./index";

test("auto is wasm where that was chosen for the installation", async () => {
  vi.stubEnv("SLUICE_BACKEND", "wasm");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { name, fallbackReason, tf } = await loadBackend("auto");
  expect({ name, fallbackReason, backend: tf.getBackend() }).toEqual({
    name: "wasm",
    fallbackReason: null,
    backend: "wasm",
  });
});
