import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SluiceError } from "@sluice/core";
import { collectDefaultMetrics, Registry } from "prom-client";
import { type AppDeps, createApp } from "../app";
import { type HttpOptions, httpServer } from "./http";

export interface ServerOptions extends AppDeps, Omit<HttpOptions, "isStopping" | "logger"> {
  /** 0: any free one. */
  port: number;
  hostname?: string;
  /** How long a stop waits for requests under way. */
  graceMs?: number;
}

export interface RunningServer {
  /** With the port that it got. */
  url: string;
  port: number;
  /** Takes no new requests, waits for those under way, and is closed. */
  close(): Promise<void>;
}

/**
 * Serves the predicting app on a port. It does not own the model: close that afterwards.
 *
 * Throws `usage.invalid` when the port is taken or may not be used.
 *
 * @example const server = await startServer({ port: 8080, model: () => ({ number: 3, predictor }) });
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { port, hostname = "127.0.0.1", graceMs = 10_000, registry = withProcessMetrics() } = options;
  let closing: Promise<void> | undefined;
  const isStopping = () => closing !== undefined;
  const app = createApp({ ...options, registry, isStopping });
  const server = httpServer((request, env) => app.fetch(request, env), { ...options, isStopping });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => reject(cannotListen(cause, hostname, port)));
    server.listen(port, hostname, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;

  const close = () => {
    closing ??= stop(server, graceMs);
    return closing;
  };
  return { url: `http://${host}:${bound}`, port: bound, close };
}

function stop(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection kept alive after its last answer would hold the server for seconds.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const force = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(force);
      resolve();
    });
  });
}

function withProcessMetrics(): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register;
}

function cannotListen(cause: NodeJS.ErrnoException, hostname: string, port: number): Error {
  const reasons: Record<string, [string, string]> = {
    EADDRINUSE: ["is taken", "Stop what uses it, or choose another with --port (0: any free one)."],
    EACCES: ["may not be used", "Choose one above 1023 with --port."],
    EADDRNOTAVAIL: ["is not on this machine", "Choose an address of this machine with --host."],
    ENOTFOUND: ["is not known", "Choose an address of this machine with --host."],
  };
  const [what, hint] = reasons[cause.code ?? ""] ?? [`cannot be used (${cause.message})`, ""];
  return new SluiceError("usage.invalid", `Port ${port} on ${hostname} ${what}`, hint, { cause });
}
