import { SluiceError } from "@sluice/core";

/** One file of a form. */
export interface FormFile {
  field: string;
  name: string;
  /** A view into the body. */
  bytes: Uint8Array;
}

const HEADERS_END = Buffer.from("\r\n\r\n");
const LONGEST_HEADERS = 8_192;
const MOST_PARTS = 1_000;

/**
 * The files of a `multipart/form-data` body (RFC 7578), in its order; plain fields are passed over. Done here
 * because Node's own `formData()` refuses boundaries under 27 characters, and copies every file.
 *
 * Throws `usage.invalid` where the form is cut off or is none.
 */
export function filesOf(body: Buffer, contentType: string): FormFile[] {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary) throw unreadable("its Content-Type has no boundary");
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const opening = delimiter.subarray(2);
  const start = body.subarray(0, opening.length).equals(opening) ? 0 : body.indexOf(delimiter) + 2;
  if (start === 1) throw unreadable("its boundary is not in it");

  const files: FormFile[] = [];
  let at = start + opening.length;
  for (let parts = 0; body.toString("latin1", at, at + 2) !== "--"; parts++) {
    if (parts === MOST_PARTS) throw unreadable(`it has more than ${MOST_PARTS} parts`);
    const headersEnd = body.indexOf(HEADERS_END, at);
    const end = body.indexOf(delimiter, at);
    if (end < 0 || headersEnd < 0 || headersEnd > end) throw unreadable("it is cut off");
    if (headersEnd - at > LONGEST_HEADERS) throw unreadable("the headers of a part are too long");
    const file = described(body.toString("utf8", at, headersEnd));
    if (file) files.push({ ...file, bytes: body.subarray(headersEnd + HEADERS_END.length, end) });
    at = end + delimiter.length;
  }
  return files;
}

/** Some clients give a file a type, but no name. */
const IS_FILE = /^content-type:\s*(image\/|application\/(octet-stream|zip))/im;

/** Field and file name out of a part's headers; undefined where it is no file. */
function described(headers: string): { field: string; name: string } | undefined {
  const line = /^content-disposition:\s*form-data(.*)$/im.exec(headers)?.[1];
  const field = line && parameter(line, "name");
  const name = line && (parameter(line, "filename") ?? (IS_FILE.test(headers) ? "" : undefined));
  return field === undefined || name === undefined || line === undefined ? undefined : { field, name };
}

/** Browsers write quotes and line ends inside a name as %22, %0D and %0A (RFC 7578, 4.2; WHATWG HTML). */
function parameter(line: string, key: string): string | undefined {
  const [, quoted, plain] =
    new RegExp(`;\\s*${key}=(?:"((?:\\\\"|[^"])*)"|([^\\s;]+))`, "i").exec(line) ?? [];
  return (quoted ?? plain)?.replace(/\\"|%22/g, '"').replace(/%0D|%0A/gi, "");
}

const unreadable = (why: string) =>
  new SluiceError(
    "usage.invalid",
    `The multipart form cannot be read: ${why}`,
    "Let your HTTP client write the form and its Content-Type.",
  );
