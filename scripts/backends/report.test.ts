import { describe, expect, test } from "vitest";
import { closingLine } from "./report.mjs";
import { shortReason } from "./run.mjs";

const inference = { ok: true, version: "1.30.0" };

describe("the closing line", () => {
  test("names both backends with their versions", () => {
    expect(closingLine({ native: { ok: true, version: "2.15.1" }, inference })).toBe(
      "sluice: training on native TensorFlow 2.15.1; inference on onnxruntime-node 1.30.0.",
    );
  });

  test("says why wasm is used and how to mend it", () => {
    const native = { ok: false, reason: "no C++ compiler", fix: "Install g++" };
    expect(closingLine({ native, inference })).toBe(
      "sluice: training on wasm, some three times slower than native (no C++ compiler. Install g++, then npm run setup);" +
        " inference on onnxruntime-node 1.30.0.",
    );
  });

  test("blames nothing when wasm was asked for", () => {
    expect(closingLine({ native: { ok: false, chosen: true }, inference })).toBe(
      "sluice: training on wasm, as SLUICE_BACKEND asks (some three times slower than native);" +
        " inference on onnxruntime-node 1.30.0.",
    );
  });

  test("is loud about missing inference, with a way on even where no advice is known", () => {
    const broken = { ok: false, version: null, reason: "it crashed", fix: "" };
    expect(closingLine({ native: { ok: true, version: "2.15.1" }, inference: broken })).toBe(
      "sluice: training on native TensorFlow 2.15.1;" +
        " inference NOT available (onnxruntime-node: it crashed. To try again: npm run setup).",
    );
  });
});

describe("what a failed command's output comes down to", () => {
  test.each([
    ["WARNING: Retrying\n[Errno -3] Temporary failure in name resolution\n", "the network does not reach it"],
    [
      "ERROR: No matching distribution found for tensorflow-cpu==2.15.1",
      "the package registry does not have it",
    ],
    ["OSError: [Errno 28] No space left on device", "the disk is full"],
    ["npm error code EACCES\nnpm error syscall mkdir", "permission denied"],
    ["\nkilled by SIGILL", "this processor lacks instructions it needs"],
    [
      "compiling\nbinding.cc:7: fatal error: x.h: not found\nmake: stopped",
      "binding.cc:7: fatal error: x.h: not found",
    ],
    ["one\ntwo\n", "two"],
    ["", "no output"],
  ])("%j", (output, reason) => {
    expect(shortReason(output)).toBe(reason);
  });
});
