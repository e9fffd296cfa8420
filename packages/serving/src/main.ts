import { parseArgs } from "node:util";
import { isSluiceError, SluiceError } from "@sluice/core";
import { parseOrigins } from "./app/cors";
import { jsonLog, LEVELS, type Level } from "./app/log";
import { cachedBlobs, fetchRelease } from "./fetch";
import { collectSeldom } from "./server/collector";
import { type HostWorld, serveWorld } from "./server/follow-world";

const USAGE = `sluice-serve: answers photos with the model that is released

  --port N     port to listen on (default 8080; 0: any free one)
  --host ADDR  address to listen on (default 127.0.0.1)
  --cache DIR  models that were fetched before are read from there
  --help       this

sluice-serve fetch --cache DIR: fetches the released models, verifies each file by its digest, and ends

SLUICE_WORLD names the module that binds the world (default @sluice/local).
SLUICE_ALLOWED_ORIGINS lets scripts of these origins use the API (https://a.example,https://b.example; * for all).
SLUICE_LOG_LEVEL is the least that is logged, a line of JSON each: debug (probes too), info (default), warn, error.`;

function readArguments() {
  const text = { type: "string" } as const;
  const options = { port: text, host: text, cache: text, help: { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [verb = "serve", ...more] = positionals;
    if (more.length === 0 && (verb === "serve" || verb === "fetch")) return { ...values, verb };
    throw new Error(`"${positionals.join(" ")}" is not understood`);
  } catch (cause) {
    throw new SluiceError("usage.invalid", (cause as Error).message, "See: sluice-serve --help.", { cause });
  }
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new SluiceError("usage.invalid", `--port ${text} is no port`, "Give a number from 0 to 65535.");
}

/** Throws `usage.invalid`. */
function toLevel(text = "info"): Level {
  const level = LEVELS.find((known) => known === text);
  if (level) return level;
  throw new SluiceError(
    "usage.invalid",
    `${text} is no level`,
    `Set SLUICE_LOG_LEVEL to ${LEVELS.join(", ")}.`,
  );
}

/** One line of JSON per model. */
async function fetchInto(folder: string | undefined, world: HostWorld): Promise<void> {
  if (!folder) throw new SluiceError("usage.invalid", "fetch needs a folder", "Name one: --cache DIR.");
  const warn = ({ code, message }: SluiceError) =>
    console.error(JSON.stringify({ level: "warn", code, message }));
  for (const fetched of await fetchRelease(world, folder, warn)) console.log(JSON.stringify(fetched));
}

async function main(): Promise<void> {
  const { port = "8080", host = "127.0.0.1", cache, help, verb } = readArguments();
  if (help) return console.log(USAGE);
  const { openHostWorld } = (await import(process.env.SLUICE_WORLD ?? "@sluice/local")) as {
    openHostWorld(): HostWorld | Promise<HostWorld>;
  };
  const world = await openHostWorld();
  if (verb === "fetch") return fetchInto(cache, world);
  collectSeldom();
  const blobs = cache ? await cachedBlobs(world.blobs, cache) : world.blobs;
  const log = jsonLog(console.error, toLevel(process.env.SLUICE_LOG_LEVEL));
  const origins = parseOrigins(process.env.SLUICE_ALLOWED_ORIGINS);
  const server = await serveWorld(
    { ...world, blobs },
    { port: toPort(port), hostname: host, log: log.say, logger: log.request, origins },
  );
  console.log(`Serving on ${server.url}`);

  const stop = (signal: string) => {
    log.say(`${signal}: answering what is under way, then stopping`);
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
