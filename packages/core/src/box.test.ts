import { expect, test } from "vitest";
import { boxAround } from "./box";

const SIZE = { width: 5, height: 4 };
/** A picture by its rows: `#` is foreground. */
const mask = (...rows: string[]) => Uint8Array.from(rows.join(""), (sign) => (sign === "#" ? 255 : 0));
const EMPTY = mask(".....", ".....", ".....", ".....");
const SPECK = mask(".....", "...#.", ".....", ".....");

test("holds both masks, and nothing beyond them", () => {
  const other = mask(".....", ".....", ".#...", ".....");
  expect(boxAround(SPECK, other, SIZE)).toEqual({ left: 1, top: 1, width: 3, height: 2 });
});

test("of one mask alone, whichever it is", () => {
  const around = { left: 3, top: 1, width: 1, height: 1 };
  expect(boxAround(SPECK, EMPTY, SIZE)).toEqual(around);
  expect(boxAround(EMPTY, SPECK, SIZE)).toEqual(around);
});

test("reaches the picture's edges", () => {
  const corners = mask("#....", ".....", ".....", "....#");
  expect(boxAround(corners, EMPTY, SIZE)).toEqual({ left: 0, top: 0, width: 5, height: 4 });
});

test("there is none around two empty masks", () => {
  expect(boxAround(EMPTY, EMPTY, SIZE)).toBeNull();
});
