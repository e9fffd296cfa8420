import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { SluiceError } from "@sluice/core/errors";
import { checkKey } from "@sluice/core/key";
import type { Blobs } from "@sluice/core/ports";
import { sdk } from "../clients";
import { namedAs } from "../failures";
import { pause } from "../pause";
import { putInParts } from "./parts";

const ATTEMPTS = { put: 10, get: 4 };
const PART_BYTES = 16 * 1024 * 1024;

/**
 * Bytes under keys: each key is an object of the bucket. The SDK sends and compares CRC32 checksums, so what was
 * harmed on its way is an error and not a blob.
 *
 * @param partBytes larger bodies are put in parts of this size
 */
export function s3Blobs(options: { bucket: string; client?: S3Client; partBytes?: number }): Blobs {
  const { bucket: Bucket, client = sdk(S3Client), partBytes = PART_BYTES } = options;

  async function get(Key: string, Range?: string): Promise<Buffer> {
    checkKey(Key);
    for (let attempt = 1; ; attempt++) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range })).catch((error) => {
        throw isMissing(error) ? new SluiceError("blob.missing", `There is no blob ${Key}`) : error;
      });
      try {
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length); // no copy: a zip may be half a GiB
      } catch (cause) {
        if (attempt < ATTEMPTS.get) continue;
        const message = `s3://${Bucket}/${Key} does not arrive whole: ${(cause as Error).message}`;
        throw new SluiceError("world.unreachable", message, "See the network, then try again.", { cause });
      }
    }
  }

  async function write(Key: string, body: Uint8Array, ifAbsent: boolean): Promise<boolean> {
    const writer = crypto.randomUUID();
    const put = { Bucket, Key, Metadata: { writer }, ...(ifAbsent && { IfNoneMatch: "*" }) };
    try {
      if (body.length > partBytes) await putInParts(client, put, body, partBytes);
      else await client.send(new PutObjectCommand({ ...put, Body: body }));
      return true;
    } catch (error) {
      // A put whose answer was lost is sent again by the SDK, and then meets itself.
      if (wasSentAgain(error) && (await writerOf(Key)) === writer) return true;
      if (ifAbsent && namedAs(error, "PreconditionFailed")) return false;
      throw error;
    }
  }

  const writerOf = (Key: string) =>
    client.send(new HeadObjectCommand({ Bucket, Key })).then(
      ({ Metadata }) => Metadata?.writer,
      () => undefined,
    );

  return {
    get: (key) => get(key),

    async put(key, body, { ifAbsent = false } = {}) {
      checkKey(key);
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      for (let attempt = 1; ; attempt++) {
        try {
          return await write(key, bytes, ifAbsent);
        } catch (error) {
          // Another put of the key was under way: who wins is known the next time.
          if (!namedAs(error, "ConditionalRequestConflict")) throw error;
          if (attempt === ATTEMPTS.put) throw conflict(`s3://${Bucket}/${key}`, error);
        }
        await pause(attempt * 100);
      }
    },

    async has(key) {
      checkKey(key);
      try {
        await client.send(new HeadObjectCommand({ Bucket, Key: key }));
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        if ((error as SluiceError).code !== "world.denied") throw error;
      }
      // The answer to a HEAD does not say what is denied; that to a GET does.
      return get(key, "bytes=0-0").then(
        () => true,
        (error) => {
          if (namedAs(error, "InvalidRange")) return true; // there, and empty
          if ((error as SluiceError).code === "blob.missing") return false;
          throw error;
        },
      );
    },

    async list(Prefix) {
      const keys: string[] = [];
      const pages = paginateListObjectsV2({ client }, { Bucket, Prefix, EncodingType: "url" });
      for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = "" }) => decoded(Key)));
      return keys.sort(); // by code units, as everywhere; S3 sorts by UTF-8
    },

    async remove(key) {
      checkKey(key);
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    },
  };
}

/** To whom may not list the bucket, S3 denies s3:ListBucket in place of saying that there is no such key. */
const isMissing = (error: unknown): boolean =>
  namedAs(error, "NoSuchKey", "NotFound") ||
  (namedAs(error, "AccessDenied") && /s3:ListBucket/.test((error as Error).message));

const wasSentAgain = (error: unknown): boolean => {
  const { $metadata, cause } = error as { $metadata?: { attempts?: number }; cause?: unknown };
  return ($metadata?.attempts ?? 1) > 1 || (cause instanceof Error && wasSentAgain(cause));
};

const decoded = (key: string) => decodeURIComponent(key.replaceAll("+", " "));

const conflict = (what: string, cause: unknown) =>
  new SluiceError(
    "world.conflict",
    `${what} is written by others all the time`,
    "Try again when less is going on.",
    {
      cause,
    },
  );
