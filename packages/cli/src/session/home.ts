import { statSync } from "node:fs";
import { resolve } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import { homeDir } from "@sluice/local/home";
import { openHostWorld } from "@sluice/local/host-world";

/**
 * The home that a command works in: --home, SLUICE_HOME, or `.sluice` here. Absolute; it need not be there.
 *
 * Throws `world.conflict` for what is no folder.
 */
export function homeOf({ home }: { home?: string | undefined }): string {
  const dir = home ? resolve(home) : homeDir();
  if (isFolder(dir)) return dir;
  const hint = "Choose a folder with --home or SLUICE_HOME.";
  throw new SluiceError("world.conflict", `The home ${dir} is no folder, or cannot be entered`, hint);
}

/** Also where it could be made. */
function isFolder(dir: string): boolean {
  try {
    return statSync(dir).isDirectory();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** What is stored in a home, to be read; needs no lock. */
export const stored = (home: string) => openHostWorld({ SLUICE_HOME: home });
