import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readLock } from "@sluice/local/lock/index";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordingIo } from "../testing";
import { carry } from "./carry";
import { homeOf } from "./home";
import { openSession } from "./index";
import { readSettings, writeSettings } from "./settings";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "sluice-session-"));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test("--home comes before SLUICE_HOME", () => {
  expect(homeOf({ home: "somewhere" })).toBe(resolve("somewhere"));
});

test("a home's settings.json says what differs from the defaults", async () => {
  expect(await readSettings(home)).toEqual({});
  await writeSettings(home, { recipe: { epochs: 7 }, gate: { diceFloor: 0.5 } });
  const session = await openSession(home, { servesAlways: true });
  expect(session.world.settings).toMatchObject({
    servesAlways: true,
    recipe: { epochs: 7, base: 16 },
    gate: { diceFloor: 0.5, iouFloor: 0.6 },
  });
  await session.close();
});

test.each([
  ["{", "is no JSON object"],
  ["[]", "is no JSON object"],
  ['{"recipe": {"epochs": -1}}', "recipe.epochs"],
])("settings %s are refused, and the home is free again", async (text, message) => {
  await writeFile(join(home, "settings.json"), text);
  await expect(openSession(home)).rejects.toMatchObject({
    code: "usage.invalid",
    message: expect.stringContaining(message),
  });
  expect(await readLock(home)).toBeUndefined();
});

test("one process works in a home at a time, and says where it is reached", async () => {
  const session = await openSession(home);
  await expect(openSession(home)).rejects.toMatchObject({ code: "world.locked" });
  await session.announce("http://127.0.0.1:1");
  expect((await readLock(home))?.url).toBe("http://127.0.0.1:1");
  await session.close();
  expect(await readLock(home)).toBeUndefined();
});

test("work that is interrupted leaves the home free and says how to go on", async () => {
  const session = await openSession(home);
  const { io, said } = recordingIo();
  const before = process.listenerCount("SIGINT");
  const work = carry(session, io, async () => {
    session.watched.add("abc-1");
    process.emit("SIGINT", "SIGINT");
    while (!session.isClosed()) await new Promise((r) => setTimeout(r, 5));
    throw new Error("what was under way fails");
  });
  await expect(work).rejects.toMatchObject({ name: "Interrupted" });
  expect(said).toEqual([
    "Stopping; what is trained so far is kept …",
    `Go on with it: sluice runs resume abc-1 --home ${home}`,
  ]);
  expect(await readLock(home)).toBeUndefined();
  expect(process.listenerCount("SIGINT")).toBe(before);
});

test("work that fails leaves the home free", async () => {
  const session = await openSession(home);
  const work = carry(session, recordingIo().io, async () => {
    throw new Error("no luck");
  });
  await expect(work).rejects.toThrow("no luck");
  expect(await readLock(home)).toBeUndefined();
});

test("waiting for Ctrl-C keeps a process up, and ends with it", async () => {
  const script = `const { untilInterrupted } = await import(${JSON.stringify(join(import.meta.dirname, "interrupt.ts"))});
    console.log("waiting"); await untilInterrupted(); console.log("ended");`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  const said: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    said.push(chunk.toString().trim());
    if (said.length === 1) setTimeout(() => child.kill("SIGINT"), 100);
  });
  const [code] = await once(child, "close");
  expect({ code, said }).toEqual({ code: 0, said: ["waiting", "ended"] });
});
