import { SluiceError } from "@sluice/core/errors";
import { command } from "../command";
import { homeOf, stored } from "../session/home";
import { untilInterrupted } from "../session/interrupt";

export const serve = command(
  { name: "serve", description: "Serve the champion: the predict page, /predict, /docs, /metrics" },
  {
    port: { type: "string", description: "Port; 0 takes any free one", default: "8080", valueHint: "N" },
    host: { type: "string", description: "Address to listen on", default: "127.0.0.1", valueHint: "ADDR" },
  },
  async (args, io) => {
    const port = portOf(args.port);
    const { serveWorld } = await import("@sluice/serving/server/follow-world");
    const { collectSeldom } = await import("@sluice/serving/server/collector");
    collectSeldom();
    const log = (line: string) => io.complain(line);
    const server = await serveWorld(stored(homeOf(args)), { port, hostname: args.host, log });
    io.say(`The predict page: ${server.url}/  (Ctrl-C ends it)`);
    if (io.json) io.answer(JSON.stringify({ url: server.url }));
    await untilInterrupted();
    await server.close();
    return { json: undefined, text: "" };
  },
);

/** Throws `usage.invalid`. */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new SluiceError("usage.invalid", `--port ${text} is no port`, "Give a number from 0 to 65535.");
}
