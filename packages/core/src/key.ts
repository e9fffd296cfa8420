import { SluiceError } from "./errors";

/** The longest name that a file system takes, and the longest key of a bucket. */
const MOST_BYTES = { name: 255, key: 1024 };

/**
 * Throws `usage.invalid` for what is no key of a blob or document in every world: plain names with `/` between.
 *
 * @param faultOf what a world refuses besides
 */
export function checkKey(key: string, faultOf: (names: string[]) => string | null = () => null): void {
  const names = key.split("/");
  const fault = keyFault(key, names) ?? faultOf(names);
  if (fault === null) return;
  const message = `${JSON.stringify(key.slice(0, 300))} is no key: ${fault}`;
  throw new SluiceError("usage.invalid", message, "Use plain names with / between.");
}

function keyFault(key: string, names: string[]): string | null {
  if (key.includes("\0") || key.includes("\\")) return "it has a NUL or a backslash";
  if (names.some((name) => name === "")) return "it has an empty name";
  if (names.some((name) => name === "." || name === "..")) return "it has . or .. as a name";
  if (names.some((name) => Buffer.byteLength(name) > MOST_BYTES.name))
    return "a name in it is over 255 bytes";
  return Buffer.byteLength(key) > MOST_BYTES.key ? "it is over 1,024 bytes" : null;
}
