import { SluiceError } from "@sluice/core";
import type { Account } from "./uploads";

const megabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 3 })} MB`;

/** The one answer to too many bytes. @param what "The request", or a photo's name */
export const tooLarge = (what: string, limit: number) =>
  new SluiceError(
    "serving.body_too_large",
    `${what} has more than ${megabytes(limit)}, which is the limit`,
    "Send a smaller photo, or fewer at once.",
  );

/** Chunks until they are put together: one of a single byte takes hundreds in memory. */
const MOST_LOOSE = 1_000;

/**
 * Reads a body and counts as it comes: what `Content-Length` promises only serves to refuse early.
 *
 * @param account pays for the bytes, where they are kept
 * @param allowance bytes that may come on top of the limit that is told: a form's own lines around a photo
 * Throws `serving.body_too_large`, `serving.busy`, `usage.invalid` where the client went away.
 */
export async function readBody(
  request: Request,
  limit: number,
  account?: Account,
  allowance = 0,
): Promise<Buffer> {
  if (Number(request.headers.get("content-length")) > limit + allowance) throw tooLarge("The request", limit);
  if (!request.body) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let loose: Uint8Array[] = [];
  const reader = request.body.getReader();
  const keep = (chunk: Uint8Array, bytes: number) => {
    if (bytes > limit + allowance) throw tooLarge("The request", limit);
    account?.take(chunk.byteLength);
    loose.push(chunk);
    if (loose.length < MOST_LOOSE) return;
    chunks.push(Buffer.concat(loose));
    loose = [];
  };
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read().catch((cause: Error) => {
      throw new SluiceError("usage.invalid", "The request broke off", "Send it again.", { cause });
    });
    if (done) return Buffer.concat([...chunks, ...loose], bytes);
    bytes += value.byteLength;
    try {
      keep(value, bytes);
    } catch (error) {
      await reader.cancel().catch(() => undefined);
      throw error;
    }
  }
}
