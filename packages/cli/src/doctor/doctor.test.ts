import { expect, test } from "vitest";
import { backendCheck, nodeCheck } from "./checks";
import { probe, probePackage } from "./probe";

test.each([
  ["v20.19.0", "ok"],
  ["v22.0.0", "ok"],
  ["v24.4.1", "ok"],
  ["v20.18.9", "missing"],
  ["v21.7.3", "missing"],
  ["v18.20.0", "missing"],
])("Node %s is %s", (version, state) => {
  expect(nodeCheck(version).state).toBe(state);
});

test("the training backend is native, else wasm with the reason and the way back, else missing", () => {
  const no = (reason: string) => ({ ok: false, reason }) as const;
  const yes = (answer: string) => ({ ok: true, answer }) as const;
  expect(backendCheck(yes("tfjs-node 4.22.0"), yes("4.22.0"))).toEqual({
    name: "training backend",
    state: "ok",
    detail: "native TensorFlow (tfjs-node 4.22.0)",
  });
  expect(backendCheck(no("no addon"), yes("4.22.0"))).toEqual({
    name: "training backend",
    state: "fallback",
    detail: "wasm, some three times slower; native TensorFlow does not load: no addon",
    fix: "npm run setup",
  });
  expect(backendCheck(no("no addon"), no("gone")).state).toBe("missing");
});

test("a program that is missing, fails or crashes is an answer", async () => {
  expect(await probe("no-such-program-here", [])).toEqual({ ok: false, reason: "not found" });
  const node = (code: string) => probe(process.execPath, ["-e", code]);
  expect(await node("console.log('noise'); console.log('last')")).toEqual({ ok: true, answer: "last" });
  expect(await node("throw new Error('no luck')")).toEqual({ ok: false, reason: "no luck" });
  expect(await node("process.kill(process.pid, 'SIGSEGV')")).toEqual({
    ok: false,
    reason: "it crashed with SIGSEGV",
  });
});

test("a package is loaded from where it is needed", async () => {
  expect(await probePackage("sharp", "core", "m.versions.sharp")).toMatchObject({ ok: true });
  const missing = await probePackage("no-such-package", "core", "m");
  expect(missing).toMatchObject({
    ok: false,
    reason: expect.stringContaining("Cannot find module 'no-such-package'"),
  });
});
