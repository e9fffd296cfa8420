import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import { SluiceError } from "@sluice/core/errors";
import type { Blobs } from "@sluice/core/ports";
import { sdk } from "../clients";

/** Bytes under keys: each key is an object of the bucket. */
export function s3Blobs(options: { bucket: string; client?: S3Client }): Blobs {
  const { bucket: Bucket, client = sdk(S3Client) } = options;
  return {
    async get(Key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key })).catch((error: Error) => {
        throw error.name === "NoSuchKey" ? new SluiceError("blob.missing", `There is no blob ${Key}`) : error;
      });
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async put(Key, body, { ifAbsent = false } = {}) {
      const Body = typeof body === "string" ? Buffer.from(body) : body;
      try {
        await client.send(new PutObjectCommand({ Bucket, Key, Body, ...(ifAbsent && { IfNoneMatch: "*" }) }));
        return true;
      } catch (error) {
        if (ifAbsent && (error as Error).name === "PreconditionFailed") return false;
        throw error;
      }
    },
    async has(Key) {
      return client.send(new HeadObjectCommand({ Bucket, Key })).then(
        () => true,
        (error: Error) => {
          if (error.name === "NotFound") return false;
          throw error;
        },
      );
    },
    async list(Prefix) {
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
        keys.push(...Contents.map(({ Key = "" }) => Key));
      return keys.sort();
    },
    async remove(Key) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}
