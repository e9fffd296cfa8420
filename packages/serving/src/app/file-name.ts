const UNNAMED = "The photo";

/** A client's file name, safe to show: no folders, no control or invisible characters, at most 80 long. */
export function safeName(name: string, otherwise = UNNAMED): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const visible = base.replace(/\p{C}/gu, "").replace(/\s+/g, " ").trim();
  return [...visible].slice(0, 80).join("") || otherwise;
}
