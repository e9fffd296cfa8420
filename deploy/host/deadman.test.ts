import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { run, testFolder } from "./testing";

const DEADMAN = fileURLToPath(new URL("bin/sluice-deadman", import.meta.url));
const MINUTE = 60;
const HOUR = 3_600;

/** The real script, on a machine that has been up for so long and whose last command was so long ago. */
async function look(machine: { up: number; lastCommand?: number; env?: NodeJS.ProcessEnv }) {
  const folder = await testFolder();
  await writeFile(join(folder, "uptime"), `${machine.up}.37 1234.56\n`);
  if (machine.lastCommand !== undefined) {
    const alive = join(folder, "alive");
    await writeFile(alive, "");
    const at = Date.now() / 1000 - machine.lastCommand;
    await utimes(alive, at, at);
  }
  const { code, stdout } = await run("sh", [DEADMAN], {
    SLUICE_HOST_DIR: folder,
    SLUICE_UPTIME_FILE: join(folder, "uptime"),
    SLUICE_POWER_OFF: "echo POWERED OFF",
    ...machine.env,
  });
  return { code, stdout, isOff: stdout.includes("POWERED OFF") };
}

describe("the dead-man", () => {
  test.each([
    ["half an hour without any command since it was started", { up: 31 * MINUTE }],
    ["half an hour after its last command", { up: 3 * HOUR, lastCommand: 31 * MINUTE }],
    ["a last command of the boot before", { up: 31 * MINUTE, lastCommand: 20 * HOUR }],
    ["up for longer than any run, even at work", { up: 13 * HOUR, lastCommand: 5 }],
  ])("switches off: %s", async (_, machine) => {
    expect(await look(machine)).toMatchObject({ code: 0, isOff: true });
  });

  test.each([
    ["just started", { up: 29 * MINUTE }],
    ["just started, its last command of the boot before", { up: 5 * MINUTE, lastCommand: 20 * HOUR }],
    ["at work", { up: 12 * HOUR, lastCommand: 5 }],
    ["a pause between two commands", { up: 2 * HOUR, lastCommand: 29 * MINUTE }],
    ["a clock that went back", { up: 2 * HOUR, lastCommand: -10 * MINUTE }],
  ])("leaves it on: %s", async (_, machine) => {
    expect(await look(machine)).toMatchObject({ code: 0, isOff: false });
  });

  test("a stage that serves always is never switched off", async () => {
    const env = { SLUICE_SERVES_ALWAYS: "1" };
    expect(await look({ up: 20 * HOUR, env })).toMatchObject({ code: 0, isOff: false });
  });

  test("a power-off that fails is reported, and tried again by the timer", async () => {
    const env = { SLUICE_POWER_OFF: "exit 3" };
    expect(await look({ up: HOUR, env })).toMatchObject({ code: 3, isOff: false });
  });

  test("an uptime that cannot be read is an error, not a reason to stay on silently", async () => {
    const env = { SLUICE_UPTIME_FILE: "/nowhere/uptime" };
    expect((await look({ up: HOUR, env })).code).not.toBe(0);
  });
});
