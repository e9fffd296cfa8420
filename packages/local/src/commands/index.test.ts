import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandsContract } from "@sluice/core/testing/contracts";
import { expect, test } from "vitest";
import { isRunning } from "../process";
import { testFolder } from "../testing";
import { type ChildCommands, childCommands } from "./index";

const folders = new WeakMap<object, string>();
async function fresh(): Promise<ChildCommands> {
  const dir = await testFolder(() => commands.cancelAll());
  const commands = childCommands({ dir, env: { GREETING: "hello" }, graceSeconds: 1 });
  folders.set(commands, dir);
  return commands;
}
const fileOf = (commands: object, id: string, name: string) => join(folders.get(commands) ?? "", id, name);
const textOf = (commands: object, id: string, name: string) => readFile(fileOf(commands, id, name), "utf8");
const pidOf = async (commands: object, id: string) => Number.parseInt(await textOf(commands, id, "pid"), 10);
const output = (commands: ChildCommands, id: string) =>
  expect.poll(async () => (await commands.status(id))?.tail, { timeout: 10_000 });
const state = (commands: ChildCommands, id: string) =>
  expect.poll(async () => (await commands.status(id))?.state, { timeout: 10_000 });

commandsContract("this machine", fresh, async (id, commands) => {
  process.kill(await pidOf(commands, id), "SIGKILL");
});

test("a person finds a command as a folder", async () => {
  const commands = await fresh();
  await commands.send({ id: "train-run-1", line: "echo $GREETING; exit 4", timeoutSeconds: 30 });
  await state(commands, "train-run-1").toBe("failed");

  expect(JSON.parse(await textOf(commands, "train-run-1", "command.json"))).toEqual({
    id: "train-run-1",
    line: "echo $GREETING; exit 4",
    timeoutSeconds: 30,
    sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  expect(await textOf(commands, "train-run-1", "output.log")).toBe("hello\n");
  expect(await textOf(commands, "train-run-1", "exit-code")).toBe("4\n");
});

test("the programs of the workspace are found by name, and this very Node", async () => {
  const commands = await fresh();
  await commands.send({
    id: "which",
    line: "command -v sluice-trainer; command -v sluice-serve; node -p process.execPath",
    timeoutSeconds: 30,
  });
  await state(commands, "which").toBe("succeeded");
  expect((await commands.status("which"))?.tail?.split("\n")).toEqual([
    expect.stringMatching(/node_modules\/\.bin\/sluice-trainer$/),
    expect.stringMatching(/node_modules\/\.bin\/sluice-serve$/),
    process.execPath,
  ]);
});

test("one that is deaf to SIGTERM is killed after the grace, when cancelled and when out of time", async () => {
  const commands = await fresh();
  const line = "trap '' TERM; echo begun; sleep 60; sleep 60";
  await commands.send({ id: "cancelled", line, timeoutSeconds: 60 });
  await commands.send({ id: "late", line, timeoutSeconds: 1 });
  await output(commands, "cancelled").toBe("begun");
  await commands.cancel("cancelled");

  expect(await commands.status("cancelled")).toEqual({ state: "cancelled", tail: "begun" });
  await state(commands, "late").toBe("failed");
  expect(await commands.status("late")).toEqual({
    state: "failed",
    exitCode: 124,
    tail: "begun\nStopped: it took longer than 1 seconds.",
  });
});

test("a program may tidy up on SIGTERM; what would come after it does not", async () => {
  const commands = await fresh();
  const tidy = "setTimeout(() => { console.log('tidied'); process.exit() }, 300)";
  await commands.send({
    id: "tidy",
    line: `node -e "process.on('SIGTERM', () => ${tidy}); setInterval(() => 0, 1000); console.log('begun')"; echo after`,
    timeoutSeconds: 60,
  });
  await output(commands, "tidy").toBe("begun");
  await commands.cancel("tidy");
  expect(await commands.status("tidy")).toEqual({
    state: "cancelled",
    exitCode: 143,
    tail: "begun\ntidied",
  });
});

test("nothing a command started is left when it ends, is cancelled or lost", async () => {
  const commands = await fresh();
  const line = (then: string) => `sleep 60 & echo $!; ${then}`;
  await commands.send({ id: "ends", line: line("true"), timeoutSeconds: 60 });
  await commands.send({ id: "cancelled", line: line("sleep 60"), timeoutSeconds: 60 });
  await commands.send({ id: "lost", line: line("sleep 60"), timeoutSeconds: 60 });
  for (const id of ["ends", "cancelled", "lost"]) await output(commands, id).toMatch(/^\d+$/);

  await state(commands, "ends").toBe("succeeded");
  await commands.cancel("cancelled");
  process.kill(await pidOf(commands, "lost"), "SIGKILL");
  await state(commands, "lost").toBe("lost");
  for (const id of ["ends", "cancelled", "lost"]) {
    const pid = Number.parseInt(await textOf(commands, id, "output.log"), 10);
    await expect.poll(() => isRunning({ pid, start: null }), { timeout: 5_000 }).toBe(false);
  }
});

test.runIf(existsSync("/proc/self/stat"))(
  "a dead command's number, given to another process, is not it",
  async () => {
    const commands = await fresh();
    await commands.send({ id: "now", line: "sleep 60", timeoutSeconds: 60 });
    await expect.poll(() => textOf(commands, "now", "pid").catch(() => "")).toMatch(/^\d+ \d+\n$/);

    await mkdir(fileOf(commands, "old", ""));
    await writeFile(fileOf(commands, "old", "pid"), `${await pidOf(commands, "now")} 1\n`);
    expect((await commands.status("old"))?.state).toBe("lost");
    expect((await commands.status("now"))?.state).toBe("running");
  },
);

test.each(["", "0", "1", "-1", "nonsense"])("a damaged pid file (%j) leads to no process", async (text) => {
  const commands = await fresh();
  await mkdir(fileOf(commands, "damaged", ""), { recursive: true });
  await writeFile(fileOf(commands, "damaged", "pid"), text);
  await utimes(fileOf(commands, "damaged", ""), 0, 0);
  await commands.cancel("damaged");
  expect((await commands.status("damaged"))?.state).toBe("lost");
});

test("a claim whose sender died before it started anything is lost after a while", async () => {
  const commands = await fresh();
  await mkdir(fileOf(commands, "claimed", ""), { recursive: true });
  expect((await commands.status("claimed"))?.state).toBe("running");

  const before = new Date(Date.now() - 11_000);
  await utimes(fileOf(commands, "claimed", ""), before, before);
  expect((await commands.status("claimed"))?.state).toBe("lost");
});

test("a cancel right after the send ends it", async () => {
  const commands = await fresh();
  await commands.send({ id: "early", line: "sleep 60", timeoutSeconds: 60 });
  await commands.cancel("early");
  expect((await commands.status("early"))?.state).toBe("cancelled");
});

test("one that is cancelled before it begins does not begin", async () => {
  const folder = await testFolder();
  await writeFile(join(folder, "cancelled"), "");
  const script = fileURLToPath(new URL("./run-command.sh", import.meta.url));
  execFileSync("sh", [script, folder, "30", "1", "echo begun"]);
  expect((await readdir(folder)).sort()).toEqual(["cancelled", "exit-code", "pid"]);
  expect(await readFile(join(folder, "exit-code"), "utf8")).toBe("143\n");
});

test("it goes on, is seen, timed out and cancelled by others after its sender is killed", async () => {
  const commands = await fresh();
  const dir = folders.get(commands) ?? "";
  const sender = fileURLToPath(new URL("./sender.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", sender, dir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");

  await state(commands, "sent-short").toBe("succeeded");
  expect((await commands.status("sent-short"))?.tail).toBe("begun\nstill here");
  expect((await commands.status("sent-long"))?.state).toBe("running");
  await commands.cancel("sent-long");
  expect((await commands.status("sent-long"))?.state).toBe("cancelled");
  await state(commands, "sent-slow").toBe("failed");
  expect((await commands.status("sent-slow"))?.exitCode).toBe(124);
});

test.each(["../out", "a/b", "", ".hidden", "a b"])("%j is no command id", async (id) => {
  const commands = await fresh();
  const send = commands.send({ id, line: "true", timeoutSeconds: 1 });
  await expect(send).rejects.toMatchObject({ code: "usage.invalid" });
  expect(await readdir(folders.get(commands) ?? "")).toEqual([]);
});
