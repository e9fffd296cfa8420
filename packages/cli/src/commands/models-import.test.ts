import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "@sluice/serving/onnx/inspect"; // loaded before the clock of a test runs
import { linear } from "@sluice/serving/onnx/toy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { run } from "../cli";
import { recordingIo } from "../testing";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sluice-import-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function sluice(...words: string[]) {
  const { io, answered, complained } = recordingIo({ json: words.includes("--json") });
  const code = await run(["models", ...words, "--home", join(dir, "home")], () => io);
  return { code, out: answered.join("\n"), err: complained.join("\n") };
}
async function file(name: string, bytes: Uint8Array = linear()): Promise<string> {
  await writeFile(join(dir, name), bytes);
  return join(dir, name);
}

test("a model is registered by its file's name, once, and listed", async () => {
  expect((await sluice("imported")).out).toContain("None was imported yet");
  const path = await file("wine.onnx");
  const first = await sluice("import", path, "--columns", "alcohol, ph,sugar");
  expect(first).toMatchObject({ code: 0, err: "" });
  expect(first.out).toContain("wine, version 1, is registered and takes rows");
  expect(first.out).toContain("in   X FP32 [-1, 3]");
  expect(first.out).toContain("columns  alcohol, ph, sugar");

  const again = JSON.parse((await sluice("import", path, "--json")).out);
  expect(again).toMatchObject({ name: "wine", version: 1, columns: ["alcohol", "ph", "sugar"] });
  expect((await sluice("imported")).out).toMatch(/^wine 1 {2}takes rows .* toy$/);
});

test("another file needs another name, or to be the next version", async () => {
  await sluice("import", await file("wine.onnx"));
  const other = await file("other.onnx", linear({ bias: 7 }));
  const taken = await sluice("import", other, "--name", "wine");
  expect(taken).toMatchObject({
    code: 5,
    err: expect.stringMatching(/^model\.name_taken: wine is another file/),
  });
  const next = await sluice("import", other, "--name", "wine", "--next");
  expect(next.out).toContain("wine, version 2, is registered");
});

test("what cannot be served is refused, with nothing stored", async () => {
  const text = await file("notes.onnx", Buffer.from("hello"));
  expect(await sluice("import", text)).toMatchObject({
    code: 5,
    err: expect.stringMatching(/^model\.not_onnx: /),
  });
  expect(await sluice("import", join(dir, "absent.onnx"))).toMatchObject({
    code: 3,
    err: expect.stringMatching(/^input\.unreadable: .*ENOENT/),
  });
  expect(await sluice("import", dir, "--name", "folder")).toMatchObject({ code: 3 });
  const path = await file("My Wine.onnx");
  expect(await sluice("import", path)).toMatchObject({ code: 2, err: expect.stringContaining("--name") });
  expect(await sluice("import", path, "--name", "segmentation")).toMatchObject({ code: 2 });
  expect(await sluice("import", path, "--name", "wine", "--columns", "a,b")).toMatchObject({
    code: 2,
    err: expect.stringContaining("2 columns are named, but the model takes 3"),
  });
  expect((await sluice("imported", "--json")).out).toBe("[]");
});
