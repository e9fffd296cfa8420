import { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import type { Uploads } from "@sluice/core/ports";
import { sdk } from "../clients";
import { systemClock } from "../clock";

const HOUR_SECONDS = 3_600;

const checksum = (sha256: string) => ({
  "x-amz-checksum-algorithm": "SHA256",
  "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
});

/**
 * Presigned POST forms: the policy that S3 checks allows one key, one size and, where it is known, one content.
 *
 * A form signed by a function dies with the function's own credentials, though it says an hour.
 */
export function s3Uploads(options: { bucket: string; client?: S3Client; expiresSeconds?: number }): Uploads {
  const { bucket: Bucket, client = sdk(S3Client), expiresSeconds = HOUR_SECONDS } = options;
  return {
    async presign({ key, bytes, sha256 }) {
      const expiresAt = systemClock.now() + expiresSeconds * 1_000;
      const { url, fields } = await createPresignedPost(client, {
        Bucket,
        Key: key,
        Conditions: [["content-length-range", bytes, bytes]],
        Fields: sha256 ? checksum(sha256) : {},
        Expires: expiresSeconds,
      });
      return { method: "POST", url, fields, expiresAt };
    },
    async arrived(Prefix) {
      const sizes = new Map<string, number>();
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix }))
        for (const { Key = "", Size = 0 } of Contents) sizes.set(Key, Size);
      return sizes;
    },
  };
}
