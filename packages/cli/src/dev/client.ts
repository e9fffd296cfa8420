import { AnnounceAnswer, BatchAnswer, type Completion } from "@sluice/control/batches/schemas";
import { ERROR_CODES, SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import { Sight } from "@sluice/core/run/look";
import type { MaskPolicy } from "@sluice/core/settings/index";
import * as z from "zod";

const Started = z.object({ runId: z.string() });
const Refusal = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }),
});

/** A control API, asked over HTTP: that of a `sluice dev` which holds the home, or of a deployed stage. */
export interface ControlClient {
  url: string;
  announce(batch: string, files: { name: string; bytes: number }[]): Promise<AnnounceAnswer>;
  complete(batch: string, completion: Completion): Promise<void>;
  /** Undefined for a batch that the API does not know. */
  batch(batch: string): Promise<BatchAnswer | undefined>;
  start(batch: string, masks?: MaskPolicy): Promise<{ runId: string }>;
  sight(runId: string): Promise<Sight>;
  resume(runId: string): Promise<void>;
  stop(runId: string): Promise<void>;
}

/** @param token of a stage that asks who one is */
export function controlClient(url: string, { token }: { token?: string } = {}): ControlClient {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
    };
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(url + path, init).catch((cause: Error) => {
      throw gone(url, token !== undefined, cause);
    });
    const text = await response.text();
    if (response.ok) return text === "" ? undefined : parseJson(text);
    throw refusal(response.status, text, url + path);
  };
  const batchPath = (id: string) => `/batches/${encodeURIComponent(id)}`;
  const runPath = (id: string) => `/runs/${encodeURIComponent(id)}`;
  return {
    url,
    announce: async (batch, files) => AnnounceAnswer.parse(await call("POST", "/batches", { batch, files })),
    complete: async (id, completion) => void (await call("POST", `${batchPath(id)}/complete`, completion)),
    batch: async (id) => {
      const answer = await call("GET", batchPath(id)).catch((error: SluiceError) => {
        if (error.code !== "usage.not_found") throw error;
      });
      return answer === undefined ? undefined : BatchAnswer.parse(answer);
    },
    start: async (id, masks) => Started.parse(await call("POST", `${batchPath(id)}/runs`, { masks })),
    sight: async (id) => Sight.parse(await call("GET", runPath(id))),
    resume: async (id) => void (await call("POST", `${runPath(id)}/resume`)),
    stop: async (id) => void (await call("POST", `${runPath(id)}/stop`)),
  };
}

function refusal(status: number, text: string, address: string): SluiceError {
  const told = Refusal.safeParse(parseJson(text)).data?.error;
  if (told) return new SluiceError(told.code, told.message, told.hint);
  if (status === 401 || status === 403) {
    const message = `${address} answered ${status}: the token is missing, expired or not for this API`;
    return new SluiceError("world.credentials", message, "Get a new one, and give it with --token.");
  }
  return new SluiceError(
    "serving.unreachable",
    `${address} answered ${status}`,
    "Is it Sluice's control API?",
  );
}

const gone = (url: string, isStage: boolean, cause: Error) =>
  new SluiceError(
    "serving.unreachable",
    isStage ? `${url} does not answer` : `sluice dev at ${url} does not answer`,
    isStage ? "See the address, and the network." : "Start it again: it goes on with interrupted runs.",
    { cause },
  );
