/** What systems leave in folders and zips; nobody means it to be part of a batch. */
const JUNK = /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini|\._[^/]*|__MACOSX(\/.*)?)$/i;
export const isJunk = (name: string) => JUNK.test(name);

export const isInBatch = (name: string) => name.startsWith("images/") || name.startsWith("masks/");

/** Why a file may not have this name, or undefined if it may. */
export function whyUnsafe(name: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(name)) return "has control characters in its name";
  if (name.startsWith("/") || /^[a-z]:/i.test(name)) return "has an absolute name";
  if (name.includes("\\")) return "has a backslash in its name";
  const parts = name.split("/");
  if (parts.includes("..") || parts.includes(".")) return "points out of its folder";
  if (parts.includes("")) return "has an empty part in its name";
  if (Buffer.byteLength(name) > 512) return "has a name of over 512 bytes";
  return undefined;
}

/** A name for messages: without what could play tricks on a terminal. */
export const printable = (name: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  name.slice(0, 200).replace(/[\u0000-\u001f\u007f]/g, "?");
