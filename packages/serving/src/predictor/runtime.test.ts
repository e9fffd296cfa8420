import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import Module from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { loadPredictor } from "./index";
import { toyBundle } from "./toy";

afterEach(() => vi.restoreAllMocks());

test("without onnxruntime-node the remedy is said", async () => {
  const resolver = Module as unknown as { _resolveFilename(name: string, ...rest: unknown[]): string };
  const resolve = resolver._resolveFilename;
  vi.spyOn(resolver, "_resolveFilename").mockImplementation((name, ...rest) => {
    if (name === "onnxruntime-node") throw new Error("Cannot find module 'onnxruntime-node'");
    return resolve.call(Module, name, ...rest);
  });
  await expect(loadPredictor(toyBundle())).rejects.toMatchObject({
    code: "host.backend_missing",
    hint: expect.stringContaining("npm run setup"),
  });
});

test("a file that is no ONNX is named", async () => {
  const { bundle } = toyBundle();
  const notOnnx = Buffer.from("not onnx");
  const sha256 = "99c0fb27c0b49fe9913a61a4b2a478cebf7bf38607044ec62f038e9a497ee46d";
  const stages: typeof bundle.stages = [{ ...bundle.stages[0], role: "segmenter", sha256 }];
  const answer = loadPredictor({ bundle: { ...bundle, stages }, files: { "model.onnx": notOnnx } });
  await expect(answer).rejects.toMatchObject({
    code: "model.corrupt",
    message: "model.onnx is no model that onnxruntime reads",
  });
});

test("a model is loaded without a report to the runtime's maker, of which an identifier in the home would tell", () => {
  const HOME = mkdtempSync(join(tmpdir(), "sluice-home-"));
  onTestFinished(() => rmSync(HOME, { recursive: true }));
  const script = `
    import { loadPredictor } from "./index.ts";
    import { toyBundle } from "./toy.ts";
    await loadPredictor(toyBundle());`;
  // An environment of its own: the runtime asks once in a process, and tells nothing where CI is set.
  execFileSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    cwd: import.meta.dirname,
    env: { PATH: process.env.PATH, HOME, TMPDIR: tmpdir() },
  });
  expect(readdirSync(HOME)).toEqual([]);
});
