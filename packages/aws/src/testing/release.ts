import { readFile } from "node:fs/promises";
import { s3Blobs } from "../blobs";
import { buildHostRelease, releaseKey } from "../release";

/** Puts the host release of this workspace into a bucket, as a deploy does; its digest. */
export async function publishRelease(bucket: string): Promise<string> {
  const { digest, file } = await buildHostRelease();
  await s3Blobs({ bucket }).put(releaseKey(digest), await readFile(file));
  return digest;
}
