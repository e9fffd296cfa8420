import { createServer } from "node:net";
import type { Commands, Documents, Serving } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import * as z from "zod";
import { inTurn } from "../documents/in-turn";
import { isHealthy, loadedModel, loadedModels, metrics, predict } from "./client";

const KEY = "world/serving";
const PORTS_TRIED = 20;
const YEAR_SECONDS = 365 * 24 * 3_600;

const Record = z.object({
  number: z.number().int().positive(),
  commandId: z.string(),
  port: z.number(),
  url: z.url(),
});
type Record = z.infer<typeof Record>;

/**
 * The serving process as a command on this host, found again by its record when this process is another.
 *
 * @param port the first to try; the next free one is taken if another program has it
 * @param startLimitMs until /health must answer
 */
export function localServing(options: {
  documents: Documents;
  commands: Commands;
  port: number;
  startLimitMs?: number;
}): Serving {
  const { documents, commands, port, startLimitMs = 60_000 } = options;
  const turns = inTurn();
  const recorded = () => documents.read(KEY, Record);

  /** Its command runs and /health answers, so no other program on that port is taken for it. */
  async function comesUp({ commandId, url }: Record): Promise<boolean> {
    const until = Date.now() + startLimitMs;
    while (Date.now() < until) {
      if ((await commands.status(commandId))?.state !== "running") return false;
      if (await isHealthy(url)) return true;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }

  async function start(): Promise<Record> {
    const free = await freePort(port);
    const record = await documents.update(KEY, Record, (current) => {
      const number = (current?.number ?? 0) + 1;
      return { number, commandId: `serve-${number}`, port: free, url: `http://127.0.0.1:${free}` };
    });
    const line = `sluice-serve --port ${free}`;
    await commands.send({ id: record.commandId, line, timeoutSeconds: YEAR_SECONDS });
    return record;
  }

  async function ensure(): Promise<{ url: string }> {
    const last = await recorded();
    if (last && (await comesUp(last))) return { url: last.url };
    if (last) await commands.cancel(last.commandId);

    for (let attempt = 1; ; attempt++) {
      const started = await start();
      if (await comesUp(started)) return { url: started.url };
      const log = (await commands.status(started.commandId))?.tail ?? "";
      await commands.cancel(started.commandId);
      const wasTaken = !(await isFree(started.port)); // by another program that was faster
      if (!wasTaken || attempt === PORTS_TRIED) throw unreachable(`sluice-serve did not come up:\n${log}`);
    }
  }

  return {
    ensure: () => turns("ensure", ensure),
    async readyVersion() {
      const record = await recorded();
      return record && loadedModel(record.url);
    },
    async loaded() {
      const record = await recorded();
      return record && loadedModels(record.url);
    },
    async predict(photo, options) {
      const record = await recorded();
      if (!record) throw unreachable("The serving process was never started");
      return predict(record.url, photo, options);
    },
    async metrics() {
      const record = await recorded();
      return record ? [{ process: record.commandId, text: await metrics(record.url) }] : [];
    },
  };
}

async function freePort(first: number): Promise<number> {
  for (let port = first; port < first + PORTS_TRIED; port++) if (await isFree(port)) return port;
  throw unreachable(`Ports ${first} to ${first + PORTS_TRIED - 1} are all taken`);
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });

const unreachable = (message: string) =>
  new SluiceError(
    "serving.unreachable",
    message,
    "See `sluice doctor`; SLUICE_SERVING_PORT chooses another port.",
  );
