import { describe, expect, test } from "vitest";
import type { CommandStatus, Commands } from "../../ports";
import { eventually, type Make } from "./make";

/**
 * The lines are POSIX shell.
 *
 * @param lose has what runs a command die without a trace, where the adapter's test can do that
 */
export function commandsContract(
  name: string,
  make: Make<Commands>,
  lose?: (id: string, commands: Commands) => Promise<void>,
): void {
  const reach = (commands: Commands, id: string, state: CommandStatus["state"]) =>
    eventually(
      () => commands.status(id),
      (status) => status?.state === state,
    );
  const ended = (commands: Commands, id: string) =>
    eventually(
      () => commands.status(id),
      (status) => status?.state !== "running",
    );

  describe(`${name} keeps the contract of commands`, () => {
    test("a command that was never sent has no status, and cancelling it is no error", async () => {
      const commands = await make();
      await commands.cancel("never-sent");
      expect(await commands.status("never-sent")).toBeUndefined();
    });

    test("a line runs: its exit code and the end of its output are known", async () => {
      const commands = await make();
      await commands.send({ id: "good", line: 'echo one && echo "two  words" >&2', timeoutSeconds: 30 });
      expect(await ended(commands, "good")).toEqual({
        state: "succeeded",
        exitCode: 0,
        tail: "one\ntwo  words",
      });

      await commands.send({ id: "bad", line: "echo why it failed; exit 3", timeoutSeconds: 30 });
      expect(await ended(commands, "bad")).toEqual({ state: "failed", exitCode: 3, tail: "why it failed" });

      await commands.send({ id: "unknown", line: "no-such-program-anywhere", timeoutSeconds: 30 });
      expect(await ended(commands, "unknown")).toMatchObject({ state: "failed", exitCode: 127 });
    });

    test("it runs while it runs, and its output can be followed", async () => {
      const commands = await make();
      await commands.send({ id: "long", line: "echo begun; sleep 60", timeoutSeconds: 120 });
      const status = await eventually(
        () => commands.status("long"),
        (s) => s?.tail === "begun",
      );
      expect(status).toEqual({ state: "running", tail: "begun" });
      await commands.cancel("long");
    });

    test("of a long output the end is kept", async () => {
      const commands = await make();
      await commands.send({ id: "talkative", line: "seq 1 100000", timeoutSeconds: 30 });
      const status = await ended(commands, "talkative");
      expect(status?.tail?.endsWith("99999\n100000")).toBe(true);
      expect(status?.tail?.length).toBeLessThan(24_001);
    });

    test("an id runs once, however often it is sent", async () => {
      const commands = await make();
      const lines = Array.from({ length: 8 }, (_, i) => `echo sender ${i}`);
      await Promise.all(lines.map((line) => commands.send({ id: "same", line, timeoutSeconds: 30 })));
      const first = await ended(commands, "same");
      expect(first?.tail).toMatch(/^sender [0-7]$/);

      await commands.send({ id: "same", line: "echo again", timeoutSeconds: 30 });
      expect(await commands.status("same")).toEqual(first);
    });

    test("a cancelled command ends, with all it started; cancelling again is no error", async () => {
      const commands = await make();
      await commands.send({ id: "c", line: "echo begun; sleep 60 & sleep 60", timeoutSeconds: 120 });
      await eventually(
        () => commands.status("c"),
        (status) => status?.tail === "begun",
      );
      await commands.cancel("c");
      expect(await reach(commands, "c", "cancelled")).toMatchObject({ state: "cancelled" });
      await commands.cancel("c");
      expect((await commands.status("c"))?.state).toBe("cancelled");
    });

    test("one that ended is not cancelled afterwards", async () => {
      const commands = await make();
      await commands.send({ id: "done", line: "true", timeoutSeconds: 30 });
      await ended(commands, "done");
      await commands.cancel("done");
      expect((await commands.status("done"))?.state).toBe("succeeded");
    });

    test("one that takes longer than it may is ended", async () => {
      const commands = await make();
      await commands.send({ id: "slow", line: "echo begun; sleep 60", timeoutSeconds: 1 });
      expect(await ended(commands, "slow")).toMatchObject({ state: "failed" });
    });

    test.runIf(lose)("one whose runner died is lost, not running for ever", async () => {
      const commands = await make();
      await commands.send({ id: "lost", line: "echo begun; sleep 60", timeoutSeconds: 120 });
      await eventually(
        () => commands.status("lost"),
        (status) => status?.tail === "begun",
      );
      await lose?.("lost", commands);
      expect(await ended(commands, "lost")).toEqual({ state: "lost", tail: "begun" });
    });
  });
}
