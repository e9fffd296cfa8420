import {
  DeleteObjectsCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsOutput,
  type ObjectIdentifier,
  S3Client,
} from "@aws-sdk/client-s3";
import { SluiceError } from "@sluice/core/errors";
import { sdk } from "../clients";

export interface Emptied {
  removed: number;
  /** What Object Lock does not let go, and until when. */
  locked: { key: string; until: string }[];
}

/** S3 takes so many keys in one call. */
const PAGE = 1_000;

/** Removes every version and every delete marker. A bucket that is gone is empty. */
export async function emptyBucket(Bucket: string, client = sdk(S3Client)): Promise<Emptied> {
  const emptied: Emptied = { removed: 0, locked: [] };
  let at: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page: ListObjectVersionsOutput = await client
      .send(new ListObjectVersionsCommand({ Bucket, MaxKeys: PAGE, ...at }))
      .catch((error: unknown) => {
        if (isGone(error)) return {};
        throw error;
      });
    const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (objects.length > 0) await remove(Bucket, objects, emptied, client);
    if (!page.IsTruncated) return emptied;
    at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

async function remove(Bucket: string, objects: ObjectIdentifier[], emptied: Emptied, client: S3Client) {
  const { Errors = [] } = await client.send(
    // A governance lock may be passed by who may do so; a compliance lock by nobody.
    new DeleteObjectsCommand({
      Bucket,
      BypassGovernanceRetention: true,
      Delete: { Objects: objects, Quiet: true },
    }),
  );
  emptied.removed += objects.length - Errors.length;
  for (const { Key = "", VersionId, Code, Message } of Errors) {
    const until = Code === "AccessDenied" ? await lockedUntil({ Bucket, Key, VersionId }, client) : undefined;
    if (!until)
      throw new SluiceError(
        Code === "AccessDenied" ? "world.denied" : "world.conflict",
        `${Key} in bucket ${Bucket} could not be removed: ${Message ?? Code}`,
        "Mend that, and run destroy again: it goes on where it stopped.",
      );
    emptied.locked.push({ key: Key, until });
  }
}

async function lockedUntil(
  object: { Bucket: string; Key: string; VersionId?: string },
  client: S3Client,
): Promise<string | undefined> {
  const { Retention } = await client
    .send(new GetObjectRetentionCommand(object))
    .catch(() => ({ Retention: undefined }));
  return Retention?.RetainUntilDate?.toISOString();
}

/** The client names a missing bucket as what it is; its cause is the SDK's own error. */
const isGone = (error: unknown) =>
  [error, (error as Error).cause].some((e) => e instanceof Error && e.name === "NoSuchBucket");
