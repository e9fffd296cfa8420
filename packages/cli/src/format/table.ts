import Table from "cli-table3";
import type { Io } from "../io";

/** Columns under a header, without lines: what `grep` and a narrow terminal bear. */
export function table(head: string[], rows: string[][], { colours }: Pick<Io, "colours">): string {
  const chars = Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((end) => [`${side}${end}`, ""] as const),
    ),
  );
  const drawn = new Table({
    head: head.map((title) => colours.bold(title)),
    chars: { ...chars, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  drawn.push(...rows);
  return drawn
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}
