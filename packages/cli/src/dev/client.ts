import type { Blobs, MaskPolicy } from "@sluice/core";
import { ERROR_CODES, SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import { HistoryEvent } from "@sluice/core/run/history-event";
import { Info as RunInfo } from "@sluice/core/run/index";
import { Progress } from "@sluice/core/training/index";
import { Report } from "@sluice/core/validation/report";
import * as z from "zod";
import type { Sight } from "../live/sight";

const Seen = z.object({
  run: RunInfo,
  history: z.array(HistoryEvent),
  progress: Progress.nullable(),
  report: Report.nullable(),
});
const Started = z.object({ runId: z.string() });
const Refusal = z.object({
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() }),
});

/** A `sluice dev` that holds the home, asked over HTTP. */
export interface DevClient {
  url: string;
  /** Only for uploads: `incoming/`. */
  blobs: Blobs;
  start(batch: string, masks: MaskPolicy): Promise<{ runId: string }>;
  sight(runId: string): Promise<Sight>;
  resume(runId: string): Promise<void>;
  stop(runId: string): Promise<void>;
}

export function devClient(url: string): DevClient {
  const call = async (method: string, path: string, body?: Uint8Array | object): Promise<unknown> => {
    const isBytes = body instanceof Uint8Array;
    const type = isBytes ? "application/octet-stream" : "application/json";
    const response = await fetch(url + path, {
      method,
      ...(body && {
        headers: { "content-type": type },
        body: isBytes ? new Uint8Array(body) : JSON.stringify(body),
      }),
    }).catch((cause: Error) => {
      throw gone(url, cause);
    });
    const text = await response.text();
    if (response.ok) return text === "" ? undefined : JSON.parse(text);
    const refusal = Refusal.safeParse(parseJson(text)).data?.error;
    if (refusal) throw new SluiceError(refusal.code, refusal.message, refusal.hint);
    throw new SluiceError(
      "serving.unreachable",
      `${url}${path} answered ${response.status}`,
      "Is it sluice dev?",
    );
  };
  const runPath = (id: string) => `/runs/${encodeURIComponent(id)}`;
  return {
    url,
    blobs: uploads(call),
    start: async (batch, masks) => Started.parse(await call("POST", `/batches/${batch}/runs`, { masks })),
    sight: async (id) => Seen.parse(await call("GET", runPath(id))),
    resume: async (id) => void (await call("POST", `${runPath(id)}/resume`)),
    stop: async (id) => void (await call("POST", `${runPath(id)}/stop`)),
  };
}

type Call = (method: string, path: string, body?: Uint8Array) => Promise<unknown>;

function uploads(call: Call): Blobs {
  const path = (key: string) => `/uploads/${key.split("/").map(encodeURIComponent).join("/")}`;
  const refuse = async (): Promise<never> => {
    throw new SluiceError("usage.invalid", "Uploads can only be written", "");
  };
  return {
    has: async (key) => z.object({ exists: z.boolean() }).parse(await call("GET", path(key))).exists,
    put: async (key, body) =>
      z.object({ created: z.boolean() }).parse(await call("PUT", path(key), Buffer.from(body as Uint8Array)))
        .created,
    get: refuse,
    list: refuse,
    remove: refuse,
  };
}

const gone = (url: string, cause: Error) =>
  new SluiceError(
    "serving.unreachable",
    `sluice dev at ${url} does not answer`,
    "Start it again: it goes on with interrupted runs.",
    { cause },
  );
