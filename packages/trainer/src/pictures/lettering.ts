/** 3 x 5 px capitals: each glyph's rows from the top, as three bits each. Pictures then need no fonts. */
const GLYPHS: Record<string, string> = {
  ...{ "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711" },
  ...{ "5": "74717", "6": "74757", "7": "71122", "8": "75757", "9": "75717" },
  ...{ A: "25755", B: "65656", C: "34443", D: "65556", E: "74647", F: "74644", G: "34553", H: "55755" },
  ...{ I: "72227", J: "11152", K: "55655", L: "44447", M: "57755", N: "65555", O: "75557", P: "65644" },
  ...{ Q: "25563", R: "65655", S: "34216", T: "72222", U: "55557", V: "55552", W: "55775", X: "55255" },
  ...{ Y: "55222", Z: "71247", "-": "00700", _: "00007", ".": "00002", ",": "00024", ":": "02020" },
  ...{ "%": "51245", "=": "07070", "/": "11244", "(": "12221", ")": "42224", "+": "02720", " ": "00000" },
};
const UNKNOWN = "77777";

export const GLYPH_HEIGHT = 5;
/** A glyph and the gap after it. */
const ADVANCE = 4;

/** Width of a line of text in glyph pixels. */
export const textWidth = (text: string) => Math.max(0, [...text].length * ADVANCE - 1);

/** The pixels that a line of text sets, from its top left corner. Letters become capitals. */
export function letterPixels(text: string): { x: number; y: number }[] {
  return [...text.toUpperCase()].flatMap((letter, position) =>
    [...(GLYPHS[letter] ?? UNKNOWN)].flatMap((bits, y) =>
      [0, 1, 2]
        .filter((column) => Number(bits) & (4 >> column))
        .map((column) => ({ x: position * ADVANCE + column, y })),
    ),
  );
}
