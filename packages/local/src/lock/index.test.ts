import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { testFolder } from "../testing";
import { lockHome, readLock } from "./index";

const holder = fileURLToPath(new URL("./holder.ts", import.meta.url));
const startHolder = (home: string) =>
  spawn(process.execPath, ["--import", "tsx", holder, home], { stdio: ["ignore", "pipe", "inherit"] });

test("one holder at a time, found by its address", async () => {
  const home = await testFolder();
  expect(await readLock(home)).toBeUndefined();
  const lock = await lockHome(home);
  await lock.announce("http://127.0.0.1:4370");

  expect(await readLock(home)).toMatchObject({ pid: process.pid, url: "http://127.0.0.1:4370" });
  await expect(lockHome(home)).rejects.toMatchObject({
    code: "world.locked",
    message: `Process ${process.pid} at http://127.0.0.1:4370 is working in ${home}`,
  });

  await lock.release();
  expect(await readLock(home)).toBeUndefined();
  await (await lockHome(home)).release();
});

test("a lock that was given back does nothing to the next holder's", async () => {
  const home = await testFolder();
  const first = await lockHome(home);
  await first.release();
  const second = await lockHome(home);
  await second.announce("http://second");

  await first.announce("http://first");
  await first.release();
  expect((await readLock(home))?.url).toBe("http://second");
});

test("another process is held off while the first lives, and of three that find it killed one takes over", async () => {
  const home = await testFolder();
  const first = startHolder(home);
  const [pid] = await once(first.stdout, "data");
  expect(String(pid).trim()).toBe(`held by ${first.pid}`);
  await expect(lockHome(home)).rejects.toMatchObject({
    message: expect.stringContaining(`Process ${first.pid}`),
  });

  first.kill("SIGKILL");
  await once(first, "exit");
  expect(await readLock(home)).toBeUndefined();

  const others = [startHolder(home), startHolder(home), startHolder(home)];
  const said = await Promise.all(others.map((other) => once(other.stdout, "data")));
  const winners = said.map(String).filter((line) => line.startsWith("held by"));
  expect(winners).toHaveLength(1);
  expect(said.map(String).filter((line) => line.startsWith("world.locked"))).toHaveLength(2);
  for (const other of others) other.kill("SIGKILL");
});
