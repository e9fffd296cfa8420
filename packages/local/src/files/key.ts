import { join } from "node:path";
import { SluiceError } from "@sluice/core/errors";

/** Where unfinished writes lie; no key reaches it, no list shows it. */
export const TEMP = ".tmp";

/**
 * The file of a key below a folder. Throws `usage.invalid` for a key that would leave the folder or that no file
 * system takes.
 */
export function keyPath(dir: string, key: string): string {
  const fault = keyFault(key);
  if (fault === null) return join(dir, ...key.split("/"));
  throw new SluiceError(
    "usage.invalid",
    `${JSON.stringify(key)} is no key: ${fault}`,
    "Use plain names with / between.",
  );
}

function keyFault(key: string): string | null {
  if (key.includes("\0") || key.includes("\\")) return "it has a NUL or a backslash";
  const names = key.split("/");
  if (names.some((name) => name === "")) return "it has an empty name";
  if (names.some((name) => name === "." || name === "..")) return "it has . or .. as a name";
  if (names[0] === TEMP) return `${TEMP} is taken`;
  if (names.some((name) => Buffer.byteLength(name) > 255)) return "a name in it is over 255 bytes";
  return null;
}
