const starts =
  (...texts: string[]) =>
  (head: string) =>
    texts.some((text) => head.startsWith(text));
/** The brand of an ISO media file: HEIC, AVIF and films share the container. */
const branded = (brands: RegExp) => (head: string) =>
  head.slice(4, 8) === "ftyp" && brands.test(head.slice(8, 12));
const riff = (kind: string) => (head: string) => head.startsWith("RIFF") && head.slice(8, 12) === kind;

/** By the first bytes, read as latin1. */
const READ: readonly Known[] = [
  ["JPEG", starts("\xff\xd8\xff")],
  ["PNG", starts("\x89PNG\r\n\x1a\n")],
  ["WebP", riff("WEBP")],
];
const OTHERS: readonly Known[] = [
  ["GIF", starts("GIF8")],
  ["TIFF", starts("II*\0", "MM\0*")],
  ["HEIC", branded(/^(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/)],
  ["AVIF", branded(/^avi[fs]/)],
  ["a film", branded(/./)],
  ["BMP", (head) => head.startsWith("BM") && head.slice(6, 10) === "\0\0\0\0"],
  ["JPEG XL", starts("\xff\x0a", "\0\0\0\x0cJXL ")],
  ["JPEG 2000", starts("\0\0\0\x0cjP  ")],
  ["a Photoshop file", starts("8BPS")],
  ["PDF", starts("%PDF")],
  ["a zip", starts("PK\x03\x04")],
  ["SVG", (head) => /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<svg/is.test(head)],
  ["a web page", (head) => /^\s*<(!doctype html|html)/i.test(head)],
  ["text", (head) => /^[\t\n\r\x20-\x7e]+$/.test(head)],
];
type Known = readonly [format: string, matches: (head: string) => boolean];

const HEAD_BYTES = 256;

/** What a file is by its first bytes, and whether it is a format that is read; undefined where they tell nothing. */
export function signature(file: Uint8Array): { format: string; isRead: boolean } | undefined {
  const head = Buffer.from(file.subarray(0, HEAD_BYTES)).toString("latin1");
  const named = (list: readonly Known[]) => list.find(([, matches]) => matches(head))?.[0];
  const read = named(READ);
  if (read) return { format: read, isRead: true };
  const other = named(OTHERS);
  return other === undefined ? undefined : { format: other, isRead: false };
}
