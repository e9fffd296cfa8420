import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { isLeaderless, isRunning, signalGroup, thisProcess } from "./index";

test("this process runs; one of its number that started at another time does not", () => {
  const me = thisProcess();
  expect(me.pid).toBe(process.pid);
  expect(isRunning(me)).toBe(true);
  expect(isRunning({ pid: me.pid, start: null })).toBe(true);
});

test.runIf(existsSync("/proc/self/stat"))(
  "the number of a dead process, given to another, is not taken for it",
  () => {
    expect(isRunning({ pid: process.pid, start: "1" })).toBe(false);
  },
);

test.runIf(existsSync("/proc/self/stat"))("a zombie does not run", async () => {
  // The shell becomes sleep, which never takes note of the end of the shell's child.
  const parent = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 30"]);
  const [said] = await once(parent.stdout, "data");
  const pid = Number(String(said));
  await new Promise((resolve) => setTimeout(resolve, 100));
  try {
    expect(() => process.kill(pid, 0)).not.toThrow();
    expect(isRunning({ pid, start: null })).toBe(false);
  } finally {
    parent.kill("SIGKILL");
  }
});

test("a group outlives its leader until it is signalled", async () => {
  const leader = spawn("sh", ["-c", "sleep 30 & echo $!; wait"], { detached: true });
  const [said] = await once(leader.stdout, "data");
  const member = { pid: Number(String(said)), start: null };
  const pid = leader.pid ?? 0;
  expect(isLeaderless(pid)).toBe(false);
  leader.kill("SIGKILL");
  await once(leader, "exit");

  expect(isRunning({ pid, start: null })).toBe(false);
  expect(isRunning(member)).toBe(true);
  expect(isLeaderless(pid)).toBe(true);
  signalGroup(pid, "SIGKILL");
  await expect.poll(() => isRunning(member), { timeout: 5_000 }).toBe(false);
  signalGroup(pid, "SIGKILL");
});
