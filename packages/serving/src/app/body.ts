import type { IncomingMessage } from "node:http";
import { SluiceError } from "@sluice/core";
import type { AppContext } from "./context";
import type { Account } from "./uploads";

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 3 })} MB`;

/** The one answer to too many bytes. @param what "The request", or a photo's name */
export const tooLarge = (what: string, limit: number) =>
  new SluiceError(
    "serving.body_too_large",
    `${what} has more than ${megabytes(limit)}, which is the limit`,
    "Send a smaller photo, or fewer at once.",
  );

/** Where a body comes from: the web's request and, where a Node server got it, Node's own beneath that one. */
export interface Source {
  request: Request;
  incoming?: IncomingMessage;
}

export const sourceOf = (c: AppContext): Source => ({ request: c.req.raw, incoming: c.env?.incoming });

/**
 * Reads a body and counts as it comes: what `Content-Length` promises only serves to refuse early.
 *
 * @param account pays for the bytes, where they are kept
 * @param allowance bytes that may come on top of the limit that is told: a form's own lines around a photo
 * Throws `serving.body_too_large`, `serving.busy`, `usage.invalid` where the client went away.
 */
export async function readBody(
  { request, incoming }: Source,
  limit: number,
  account?: Account,
  allowance = 0,
): Promise<Buffer> {
  if (Number(request.headers.get("content-length")) > limit + allowance) throw tooLarge("The request", limit);
  const body = chunksOfBody((bytes) => {
    if (bytes > limit + allowance) throw tooLarge("The request", limit);
  }, account);
  // A web stream over Node's takes as long as all else that is done to a request.
  if (incoming) await readIncoming(incoming, body.add);
  else if (request.body) await readStream(request.body, body.add);
  return body.whole();
}

/** Chunks until they are put together: one of a single byte takes hundreds in memory. */
const MOST_LOOSE = 1_000;

/** @param assertSize throws where so many bytes are too many */
function chunksOfBody(assertSize: (bytes: number) => void, account?: Account) {
  const chunks: Uint8Array[] = [];
  let loose: Uint8Array[] = [];
  let bytes = 0;
  return {
    add(chunk: Uint8Array): void {
      bytes += chunk.byteLength;
      assertSize(bytes);
      account?.take(chunk.byteLength);
      loose.push(chunk);
      if (loose.length < MOST_LOOSE) return;
      chunks.push(Buffer.concat(loose));
      loose = [];
    },
    whole: () => Buffer.concat([...chunks, ...loose], bytes),
  };
}

type Add = (chunk: Uint8Array) => void;

/** Reads no further once `add` has thrown: the rest stays with the server, which answers first. */
function readIncoming(incoming: IncomingMessage, add: Add): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      incoming.off("data", onData).off("end", settle).off("error", onGone).off("close", onGone);
      if (error === undefined) return resolve();
      incoming.pause();
      reject(error);
    };
    const onData = (chunk: Uint8Array) => {
      try {
        add(chunk);
      } catch (error) {
        settle(error);
      }
    };
    const onGone = (cause?: Error) => settle(brokeOff(cause));
    if (incoming.destroyed) return onGone();
    incoming.on("data", onData).once("end", settle).once("error", onGone).once("close", onGone);
  });
}

async function readStream(stream: ReadableStream<Uint8Array>, add: Add): Promise<void> {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: Error) => {
      throw brokeOff(cause);
    });
    if (done) return;
    try {
      add(value);
    } catch (error) {
      await reader.cancel().catch(() => undefined);
      throw error;
    }
  }
}

const brokeOff = (cause?: Error) =>
  new SluiceError("usage.invalid", "The request broke off", "Send it again.", { cause });
