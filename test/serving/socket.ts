import { connect, type Socket } from "node:net";

/** One answer, as it came over the socket. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Of an error's body. */
  code?: string;
}

const IN_TIME_MS = 10_000;

/**
 * Sends bytes as they are and reads what comes back until the server closes, or as many answers as are waited for.
 *
 * @param parts one after another; a client that is to be half-closed ends with `"FIN"`
 */
export function talk(port: number, parts: (string | Uint8Array)[], answers = 1): Promise<Reply[]> {
  const isHead = typeof parts[0] === "string" && parts[0].startsWith("HEAD ");
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let got = Buffer.alloc(0);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(replies(got, isHead).map(withCode));
    };
    const timer = setTimeout(() => reject(new Error(`No whole answer in time: ${got}`)), IN_TIME_MS);
    socket.on("data", (data) => {
      got = Buffer.concat([got, data]);
      if (replies(got, isHead).length >= answers) finish();
    });
    socket.on("close", finish).on("error", finish);
    send(socket, parts);
  });
}

function send(socket: Socket, parts: (string | Uint8Array)[]): void {
  for (const part of parts) {
    if (part === "FIN") socket.end();
    else socket.write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
  }
}

/** The whole answers at the beginning of what came. */
function replies(bytes: Buffer, isHead = false): Reply[] {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return [];
  const [line = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(line)?.[1]);
  const headers = Object.fromEntries(
    lines.map((text) => [text.split(":", 1)[0]?.toLowerCase(), text.replace(/^[^:]*:\s*/, "")]),
  );
  const whole = isHead
    ? { body: "", rest: bytes.subarray(end + 4) }
    : bodyOf(bytes.subarray(end + 4), headers);
  if (!whole) return [];
  const first = { status, headers, body: whole.body };
  if (status === 100) return replies(whole.rest);
  return [first, ...replies(whole.rest)];
}

function bodyOf(bytes: Buffer, headers: Record<string, string>): { body: string; rest: Buffer } | undefined {
  if (headers["transfer-encoding"] === "chunked") return chunks(bytes);
  const length = Number(headers["content-length"] ?? 0);
  if (bytes.length < length) return undefined;
  return { body: bytes.toString("utf8", 0, length), rest: bytes.subarray(length) };
}

function chunks(bytes: Buffer): { body: string; rest: Buffer } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const length = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + length + 2;
    if (bytes.length < next) return undefined;
    if (length === 0) return { body: Buffer.concat(parts).toString(), rest: bytes.subarray(next) };
    parts.push(bytes.subarray(lineEnd + 2, next - 2));
    at = next;
  }
}

function withCode(reply: Reply): Reply {
  if (!reply.headers["content-type"]?.startsWith("application/json")) return reply;
  const { error } = JSON.parse(reply.body || "{}") as { error?: { code: string } };
  return { ...reply, code: error?.code };
}

/** A request as bytes. */
export const request = (
  line: string,
  headers: Record<string, string | number>,
  body: string | Uint8Array = "",
) => [
  [line, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n"),
  body,
];

/** A `POST /predict` whose headers a test chooses. */
export const posting = (headers: Record<string, string | number>, body: string | Uint8Array = "") =>
  request("POST /predict HTTP/1.1", { Host: "x", "Content-Type": "image/jpeg", ...headers }, body);

/** A `POST /predict` of a photo. */
export const predicting = (photo: Uint8Array | string, headers: Record<string, string | number> = {}) =>
  posting({ "Content-Length": photo.length, ...headers }, photo);
