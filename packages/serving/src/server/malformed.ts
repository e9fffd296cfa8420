import { randomUUID } from "node:crypto";
import type { Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { ErrorCode } from "@sluice/core";
import { httpStatus } from "@sluice/core/http-status";
import type { LogEntry } from "../app/log";

interface Refused {
  code: ErrorCode;
  message: string;
  hint: string;
}
type Logger = (entry: LogEntry) => void;

const MALFORMED: Refused = {
  code: "request.malformed",
  message: "This is no HTTP request that can be understood",
  hint: "Send it with an HTTP/1.1 client.",
};
const TUNNEL: Refused = { code: "usage.wrong_method", message: "CONNECT is not answered here", hint: "" };
const HALF_CLOSED: Refused = {
  code: "request.malformed",
  message: "The connection was closed before the answer came",
  hint: "Keep it open for sending until then.",
};
const TOO_SLOW: Refused = {
  code: "request.too_slow",
  message: "The request did not come in time",
  hint: "Send it again, over a better connection.",
};
const TOO_LARGE: Refused = {
  code: "request.headers_too_large",
  message: "The request's headers have more than 16 KB",
  hint: "Send fewer or shorter headers.",
};
/** By Node's error code. */
const REFUSED: Record<string, Refused> = {
  HPE_HEADER_OVERFLOW: TOO_LARGE,
  ERR_HTTP_REQUEST_TIMEOUT: TOO_SLOW,
};
const REASON: Record<number, string> = {
  400: "Bad Request",
  405: "Method Not Allowed",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/**
 * What never became a request is answered as errors are elsewhere, and its connection is closed: Node would answer it
 * without a body. So is a client that ends its side before it is answered: for all that Node can tell it is gone, and
 * nothing more is done for it. An answer that has begun is not answered a second time.
 */
export function answerMalformed(server: Server, logger?: Logger): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.prependListener("request", ({ socket }, response) => void answers.set(socket, response));
  server.prependListener("connection", (socket) =>
    socket.once("end", () => {
      if (underWay(answers.get(socket)) === "waiting") refuse(socket, HALF_CLOSED, logger);
    }),
  );
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const response = answers.get(socket);
    const stage = underWay(response);
    const refused = REFUSED[error.code ?? ""] ?? MALFORMED;
    // The next request is broken, not the one that is being answered.
    if (stage === "waiting" || (stage === "begun" && response?.req.complete)) {
      response?.once("close", () => refuse(socket, refused, logger));
    } else if (stage === "begun") socket.destroy();
    else refuse(socket, refused, logger);
  });
  server.on("connect", (_request, socket: Duplex) => refuse(socket, TUNNEL, logger));
}

/** How far the answer to a connection's last request is. */
function underWay(response?: ServerResponse): "none" | "reading" | "waiting" | "begun" {
  if (!response || response.writableFinished) return "none";
  if (response.headersSent) return "begun";
  return response.req.complete ? "waiting" : "reading";
}

function refuse(socket: Duplex, refused: Refused, logger?: Logger): void {
  const { status, headers, body } = answerTo(refused, logger);
  if (!socket.writable) return;
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.on("error", () => socket.destroy());
  socket.end([`HTTP/1.1 ${status} ${REASON[status]}`, ...lines, length, "", body].join("\r\n"));
}

/** The answer to what Node takes for a request and the web does not: to one without a Host, say. */
export function malformedAnswer(logger?: Logger): Response {
  const { status, headers, body } = answerTo(MALFORMED, logger);
  return new Response(body, { status, headers });
}

function answerTo(refused: Refused, logger?: Logger) {
  const id = randomUUID();
  const status = httpStatus[refused.code];
  logger?.({ level: "warn", id, method: "", route: "other", status, ms: 0, code: refused.code });
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    Connection: "close",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": id,
    ...(status === 405 && { Allow: "GET, HEAD, POST, OPTIONS" }),
  };
  return { status, headers, body: JSON.stringify({ error: refused }) };
}
