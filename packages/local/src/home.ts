import { join, resolve } from "node:path";

/** Where the local world keeps everything: SLUICE_HOME, or `.sluice` in the current folder. Absolute. */
export const homeDir = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env.SLUICE_HOME || ".sluice");

/** The rooms of a home. */
export const rooms = (home: string) => ({
  blobs: join(home, "blobs"),
  documents: join(home, "documents"),
  commands: join(home, "commands"),
  forge: join(home, "forge"),
  /** Photos that were decoded for training: may be removed at any time. */
  examples: join(home, "cache", "examples"),
});
