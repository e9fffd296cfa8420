import { parseArgs } from "node:util";
import { isSluiceError, SluiceError } from "@sluice/core";
import { type HostWorld, serveWorld } from "./server/follow-world";

const USAGE = `sluice-serve: answers photos with the model that is released

  --port N     port to listen on (default 8080; 0: any free one)
  --host ADDR  address to listen on (default 127.0.0.1)
  --help       this

SLUICE_WORLD names the module that binds the world (default @sluice/local).`;

function readArguments() {
  const options = { port: { type: "string" }, host: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new SluiceError("usage.invalid", (cause as Error).message, "See: sluice-serve --help.", { cause });
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new SluiceError("usage.invalid", `--port ${text} is no port`, "Give a number from 0 to 65535.");
}

const log = (line: string) => console.error(`${new Date().toISOString()} ${line}`);

async function main(): Promise<void> {
  const { port = "8080", host = "127.0.0.1", help } = readArguments();
  if (help) return console.log(USAGE);
  const { openHostWorld } = (await import(process.env.SLUICE_WORLD ?? "@sluice/local")) as {
    openHostWorld(): HostWorld | Promise<HostWorld>;
  };
  const server = await serveWorld(await openHostWorld(), { port: toPort(port), hostname: host, log });
  console.log(`Serving on ${server.url}`);

  const stop = (signal: string) => {
    log(`${signal}: answering what is under way, then stopping`);
    void server.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

await main().catch((error: unknown) => {
  const { message } = error as Error;
  console.error(`sluice-serve: ${isSluiceError(error) ? `${message}. ${error.hint}` : message}`);
  process.exit(isSluiceError(error) ? 2 : 1);
});
