import { describe, expect, test } from "vitest";
import type { Commands, Host } from "../../ports";
import { eventually, type Make } from "./make";

/** @param make a host that is stopped, and what runs commands on it */
export function hostContract(name: string, make: Make<{ host: Host; commands: Commands }>): void {
  const becomes = (host: Host, wanted: string) =>
    eventually(
      () => host.status(),
      (status) => status === wanted,
    );

  describe(`${name} keeps the contract of the host`, () => {
    test("it starts and stops, and either may be said again", async () => {
      const { host } = await make();
      expect(await host.status()).toBe("stopped");
      await host.stop();
      expect(await becomes(host, "stopped")).toBe("stopped");

      await host.start();
      expect(await becomes(host, "ready")).toBe("ready");
      await host.start();
      expect(await host.status()).toBe("ready");

      await host.stop();
      expect(await becomes(host, "stopped")).toBe("stopped");
      await host.stop();
      expect(await becomes(host, "stopped")).toBe("stopped");
    });

    test("stopping it ends what runs on it, and leaves what has ended as it is", async () => {
      const { host, commands } = await make();
      await host.start();
      await becomes(host, "ready");
      await commands.send({ id: "short", line: "true", timeoutSeconds: 30 });
      for (const id of ["long-1", "long-2"]) {
        await commands.send({ id, line: "sleep 60", timeoutSeconds: 120 });
      }
      await eventually(
        () => commands.status("short"),
        (status) => status?.state === "succeeded",
      );
      await host.stop();
      await becomes(host, "stopped");

      expect((await commands.status("short"))?.state).toBe("succeeded");
      for (const id of ["long-1", "long-2"]) {
        expect(["cancelled", "lost"]).toContain((await commands.status(id))?.state);
      }
    });

    test("it starts again after a stop, and takes commands", async () => {
      const { host, commands } = await make();
      await host.start();
      await host.stop();
      await becomes(host, "stopped");
      await host.start();
      await becomes(host, "ready");
      await commands.send({ id: "after", line: "echo here", timeoutSeconds: 30 });
      const status = await eventually(
        () => commands.status("after"),
        (s) => s?.state !== "running",
      );
      expect(status).toMatchObject({ state: "succeeded", tail: "here" });
    });
  });
}
