import { createServer, type IncomingMessage, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { LogEntry } from "../app/log";
import { answerMalformed, malformedAnswer } from "./malformed";

export interface HttpOptions {
  /** A client has so long to send its headers, and so long for all of its request: a slow one holds memory. */
  headersTimeoutMs?: number;
  requestTimeoutMs?: number;
  /** From when on connections are no longer kept alive. */
  isStopping(): boolean;
  logger?(entry: LogEntry): void;
}

/** How late a timeout may be noticed. */
const CHECKED_EVERY_MS = 1_000;

/** A Node server for an app. What never becomes a request of the web's kind is answered like other errors. */
export function httpServer(
  fetch: (request: Request, env: { incoming: IncomingMessage }) => Response | Promise<Response>,
  { headersTimeoutMs = 10_000, requestTimeoutMs = 30_000, isStopping, logger }: HttpOptions,
): Server {
  const answer = async (request: Request, { incoming }: { incoming: IncomingMessage }) => {
    if (lacksHost(incoming)) return malformedAnswer(logger);
    const response = await fetch(request, { incoming });
    if (isStopping()) response.headers.set("Connection", "close");
    return response;
  };
  const listener = getRequestListener((request, env) => answer(request, env as never), {
    hostname: "localhost", // of HTTP/1.0, where a request needs no Host
    errorHandler: () => malformedAnswer(logger),
  });
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECKED_EVERY_MS, headersTimeoutMs),
      requireHostHeader: false, // it is looked at above, and answered with a body
    },
    listener,
  );
  answerMalformed(server, logger);
  // What else is expected than 100-continue may be passed over (RFC 9110, 10.1.1).
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));
  return server;
}

/** RFC 9112, 3.2. */
const lacksHost = ({ httpVersion, headers }: IncomingMessage) =>
  httpVersion === "1.1" && headers.host === undefined;
