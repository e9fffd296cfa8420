import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memoryWorld } from "@sluice/core/testing/memory-world";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "./run-command";

async function agent() {
  const dir = await mkdtemp(join(tmpdir(), "sluice-agent-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const { blobs } = memoryWorld();
  const stop = new AbortController();
  const run = (line: string, { id = "c", timeoutSeconds = 30, world = blobs } = {}) =>
    runCommand(
      { id, line, timeoutSeconds },
      { dir, blobs: world, signal: stop.signal, graceMs: 300, everyMs: 50 },
    );
  const text = async (name: string) => (await blobs.get(`commands/c/${name}`)).toString();
  return { dir, blobs, run, stop, text };
}

/** A zombie has ended, too. */
const isThere = (pid: number): boolean => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
};
const pidIn = async (file: string) => Number(await readFile(file, "utf8").catch(() => "0"));

test("a line's output and exit code are kept, and the machine is told alive", async () => {
  const { dir, run, text } = await agent();
  expect(await run("echo one; echo two >&2; exit 3")).toBe(3);
  expect(await text("output")).toBe("one\ntwo");
  expect(await text("log")).toBe("one\ntwo\n");
  expect(await text("exit-code")).toBe("3");
  expect(existsSync(join(dir, "alive"))).toBe(true);
});

test("the output is followed while it grows; its end is told, all of it kept", async () => {
  const { run, text } = await agent();
  const done = run("echo begun; sleep 0.5; seq 1 9000");
  await expect.poll(() => text("output").catch(() => "")).toBe("begun");
  await done;
  expect((await text("output")).split("\n")).toHaveLength(20);
  expect(await text("output")).toMatch(/8999\n9000$/);
  expect((await text("log")).split("\n")).toHaveLength(9_002);
});

test("one that takes too long is ended, one that is deaf to it is killed", async () => {
  const { run, text } = await agent();
  expect(await run("echo begun; sleep 60", { timeoutSeconds: 0.3 })).toBe(124);
  expect(await text("output")).toMatch(/^begun\nStopped: it took longer than 0.3 seconds\.(\nTerminated)?$/);
  expect(await run("trap '' TERM; sleep 60; sleep 60", { id: "deaf", timeoutSeconds: 0.3 })).toBe(124);
});

test("stopped by a signal, a program may tidy up; what would come after it does not", async () => {
  const { run, stop, text } = await agent();
  const tidy = `process.on("SIGTERM", () => { console.log("tidied"); process.exit(); })`;
  const done = run(`node -e '${tidy}; setInterval(() => 0, 1000); console.log("begun")'; echo after`);
  await expect.poll(() => text("output").catch(() => ""), { timeout: 10_000 }).toBe("begun");
  stop.abort();
  expect(await done).toBe(143);
  expect(await text("log")).toBe("begun\ntidied\n");
});

test("nothing that a line started is left when it ends", async () => {
  const { dir, run } = await agent();
  await run(`sleep 60 & echo $! >${dir}/left`);
  const left = await pidIn(join(dir, "left"));
  expect(left).toBeGreaterThan(1);
  await expect.poll(() => isThere(left)).toBe(false);
});

test("an agent that is killed takes the line with it", async () => {
  const { dir } = await agent();
  const program = fileURLToPath(new URL("./testing/agent.ts", import.meta.url));
  const line = `sleep 60 & echo $! >${dir}/left; sleep 60`;
  const child = spawn(process.execPath, ["--import", "tsx", program, dir, line], { stdio: "ignore" });
  await expect.poll(() => pidIn(join(dir, "left")), { timeout: 20_000 }).toBeGreaterThan(1);
  const left = await pidIn(join(dir, "left"));
  child.kill("SIGKILL");
  await once(child, "exit");
  await expect.poll(() => isThere(left)).toBe(false);
});

test("an id is not run a second time", async () => {
  const { dir, run } = await agent();
  await run(`echo once >>${dir}/count`);
  await expect(run(`echo twice >>${dir}/count`)).rejects.toMatchObject({ code: "world.conflict" });
  expect(await readFile(join(dir, "count"), "utf8")).toBe("once\n");
});

test("a bucket that cannot be reached does not end the line", async () => {
  const { blobs, run, dir } = await agent();
  const put = async () => Promise.reject(new Error("no network"));
  expect(await run("echo begun; sleep 0.2; exit 5", { world: { ...blobs, put } })).toBe(5);
  expect(await readFile(join(dir, "commands/c/exit-code"), "utf8")).toBe("5\n");
});
