import type { World } from "@sluice/core";
import type { Settings } from "@sluice/core/settings/index";
import type { Runner } from "@sluice/local/runner/index";
import type * as z from "zod";
import { readSettings } from "./settings";

/** A home that this process works in, and nobody else. */
export interface Session {
  home: string;
  world: World;
  runner: Runner;
  /** The runs that are being shown to a person. */
  watched: Set<string>;
  isClosed(): boolean;
  /** Makes known where this process is reached. */
  announce(url: string): Promise<void>;
  /** Leaves what is under way as interrupted. With `stopHost`, its training and serving processes end too. */
  close(options?: { stopHost: boolean }): Promise<void>;
}

/**
 * @param settings over those of the home's `settings.json`
 * Throws `world.locked`, `usage.invalid` for settings that do not fit.
 */
export async function openSession(home: string, settings?: z.input<typeof Settings>): Promise<Session> {
  const { lockHome, openWorld } = await import("@sluice/local");
  const { openRunner } = await import("@sluice/local/runner/index");
  const lock = await lockHome(home);
  let closing: Promise<void> | undefined;
  try {
    const world = openWorld({ home, settings: { ...(await readSettings(home)), ...settings } });
    const runner = openRunner(world, { home });
    const close = async (stopHost: boolean) => {
      await runner.close();
      if (stopHost) await world.host.stop();
      await lock.release();
    };
    return {
      home,
      world,
      runner,
      watched: new Set(),
      isClosed: () => closing !== undefined,
      announce: lock.announce,
      close({ stopHost } = { stopHost: false }) {
        closing ??= close(stopHost);
        return closing;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
