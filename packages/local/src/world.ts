import { resolve } from "node:path";
import type { World } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import { Settings } from "@sluice/core/settings/index";
import type * as z from "zod";
import { codeCommit } from "./code-commit";
import { childCommands } from "./commands";
import { codeRoot } from "./commands/code-path";
import { gitForge } from "./forge";
import { homeDir, rooms } from "./home";
import { localHost } from "./host";
import { openHostWorld } from "./host-world";
import { localServing } from "./serving";
import { servingPort } from "./serving/port";

/**
 * The whole world of a home on this machine.
 *
 * @param settings what differs from the defaults
 * @param codeCommit by default, what is checked out where this code lies
 * Throws `usage.invalid` for settings that do not fit.
 */
export function openWorld(
  options: { home?: string; settings?: z.input<typeof Settings>; codeCommit?: string } = {},
): World {
  const home = options.home ? resolve(options.home) : homeDir();
  const hostWorld = openHostWorld({ SLUICE_HOME: home });
  const { documents, clock } = hostWorld;
  const commands = childCommands({
    dir: rooms(home).commands,
    env: { SLUICE_HOME: home, SLUICE_WORLD: "@sluice/local" },
  });
  return {
    ...hostWorld,
    commands,
    host: localHost({ documents, commands }),
    serving: localServing({ documents, commands, port: servingPort() }),
    forge: gitForge(rooms(home).forge, { clock }),
    settings: settingsOf(options.settings),
    codeCommit: options.codeCommit ?? codeCommit(codeRoot()),
  };
}

function settingsOf(settings: z.input<typeof Settings> = {}): Settings {
  const parsed = Settings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `Setting ${issue?.path.join(".")}: ${issue?.message}`;
  throw new SluiceError("usage.invalid", message, "Mend the setting named.");
}
