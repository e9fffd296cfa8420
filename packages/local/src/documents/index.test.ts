import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { documentsContract } from "@sluice/core/testing/contracts";
import { expect, test } from "vitest";
import * as z from "zod";
import { testFolder } from "../testing";
import { fileDocuments } from "./index";

documentsContract("a folder", async () => fileDocuments(await testFolder()));

const Counter = z.object({ count: z.number() });
const countUp = (current?: z.infer<typeof Counter>) => ({ count: (current?.count ?? 0) + 1 });

test("every version stays, as a file that a person can read", async () => {
  const dir = await testFolder();
  const documents = fileDocuments(dir);
  for (let i = 0; i < 3; i++) await documents.update("runs/a", Counter, countUp);
  await documents.update("runs/a", Counter, (current) => current ?? { count: 0 });

  expect(await readdir(join(dir, "runs", "a"))).toEqual(["00000001.json", "00000002.json", "00000003.json"]);
  expect(await readFile(join(dir, "runs", "a", "00000002.json"), "utf8")).toBe('{\n  "count": 2\n}\n');
});

test.each([
  ["half a file", '{ "count": '],
  ["an empty file", ""],
  ["another shape", '{ "counts": 1 }'],
])("%s is named with what to do, and the version before it counts once it is deleted", async (_, text) => {
  const dir = await testFolder();
  const documents = fileDocuments(dir);
  await documents.update("a", Counter, countUp);
  const broken = join(dir, "a", "00000002.json");
  await writeFile(broken, text);

  const invalid = { code: "document.invalid", message: expect.stringContaining(broken) };
  await expect(documents.read("a", Counter)).rejects.toMatchObject(invalid);
  await expect(documents.update("a", Counter, countUp)).rejects.toMatchObject({
    ...invalid,
    hint: "Mend the file, or delete it: the version before it then counts again.",
  });
  expect(await readdir(join(dir, "a"))).toEqual(["00000001.json", "00000002.json"]);
});

test("other files in a document's folder are left alone", async () => {
  const dir = await testFolder();
  await mkdir(join(dir, "a"));
  for (const name of ["00000009.json~", "notes.txt", ".DS_Store"]) await writeFile(join(dir, "a", name), "x");
  const documents = fileDocuments(dir);
  expect(await documents.list("")).toEqual([]);
  expect(await documents.update("a", Counter, countUp)).toEqual({ count: 1 });
  expect(await documents.list("")).toEqual(["a"]);
});

const incrementer = fileURLToPath(new URL("./incrementer.ts", import.meta.url));
const startIncrementer = (dir: string, times: number): ChildProcess =>
  spawn(process.execPath, ["--import", "tsx", incrementer, dir, String(times)], {
    stdio: ["ignore", "pipe", "inherit"],
  });

test("five processes counting at once lose nothing", async () => {
  const dir = await testFolder();
  const processes = Array.from({ length: 5 }, () => startIncrementer(dir, 20));
  const codes = await Promise.all(processes.map((child) => once(child, "exit")));
  expect(codes.map(([code]) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(await fileDocuments(dir).read("counter", Counter)).toEqual({ count: 100 });
});

test("a process killed while it writes leaves a document that others read and change", async () => {
  const dir = await testFolder();
  const documents = fileDocuments(dir);
  for (const afterMs of [0, 7, 19]) {
    const child = startIncrementer(dir, 1_000_000);
    await once(child.stdout ?? child, "data"); // it has begun to write
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill("SIGKILL");
    await once(child, "exit");

    const before = (await documents.read("counter", Counter))?.count ?? 0;
    expect(before).toBeGreaterThan(0);
    expect(await documents.update("counter", Counter, countUp)).toEqual({ count: before + 1 });
    expect((await readdir(join(dir, "counter"))).length).toBe(before + 1);
  }
});
