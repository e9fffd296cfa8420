import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { SluiceError } from "@sluice/core/errors";
import { createDevApp } from "./app";
import type { Work } from "./work";

interface DevServer {
  url: string;
  close(): Promise<void>;
}

/** Serves the API on this machine alone. Throws `usage.invalid` when the port is taken. */
export async function startDevServer(work: Work, port: number): Promise<DevServer> {
  const server = createAdaptorServer({ fetch: createDevApp(work).fetch });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const hint = "Choose another with --port (0: any free one).";
      reject(
        new SluiceError("usage.invalid", `Port ${port} cannot be used: ${cause.message}`, hint, { cause }),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeAllConnections" in server) server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${bound}`, close };
}
