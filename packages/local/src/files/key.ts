import { join } from "node:path";
import { checkKey } from "@sluice/core/key";

/** Where unfinished writes lie; no key reaches it, no list shows it. */
export const TEMP = ".tmp";

/**
 * The file of a key below a folder. Throws `usage.invalid` for a key that would leave the folder or that no file
 * system takes.
 */
export function keyPath(dir: string, key: string): string {
  checkKey(key, ([first]) => (first === TEMP ? `${TEMP} is taken` : null));
  return join(dir, ...key.split("/"));
}
