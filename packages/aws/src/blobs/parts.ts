import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { mapLimit } from "@sluice/core/map-limit";

const PARTS_AT_ONCE = 4;

/** A put in parts: the object is there once the last step has been done, whole; its condition is checked then. */
export async function putInParts(
  client: S3Client,
  { Bucket, Key, Metadata, IfNoneMatch }: PutObjectCommandInput,
  body: Uint8Array,
  partBytes: number,
): Promise<void> {
  const checked = { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } as const; // so that a get is checked too
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, Metadata, ...checked }),
  );
  const upload = { Bucket, Key, UploadId };
  const numbers = Array.from({ length: Math.ceil(body.length / partBytes) }, (_, i) => i + 1);
  try {
    const Parts = await mapLimit(numbers, PARTS_AT_ONCE, async (PartNumber) => {
      const Body = body.subarray((PartNumber - 1) * partBytes, PartNumber * partBytes);
      const part = new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm: "CRC32" });
      const { ETag, ChecksumCRC32 } = await client.send(part);
      return { PartNumber, ETag, ChecksumCRC32 };
    });
    const MultipartUpload = { Parts };
    const { ChecksumType } = checked;
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, IfNoneMatch, MultipartUpload, ChecksumType }),
    );
  } catch (error) {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined); // else its parts cost
    throw error;
  }
}
