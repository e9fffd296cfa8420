import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { ZipFile } from "yazl";
import * as z from "zod";
import { asRoot, REGION } from "./clients";

const Asset = z.object({
  source: z.object({ path: z.string(), packaging: z.enum(["file", "zip"]) }),
  destinations: z.record(z.string(), z.object({ bucketName: z.string(), objectKey: z.string() })),
});
type Asset = z.infer<typeof Asset>;
const Manifest = z.object({ files: z.record(z.string(), Asset) });

/** Uploads code, layers and templates to where the templates and CreateStack look for them. */
export async function publish(assembly: CloudAssembly): Promise<void> {
  const s3 = asRoot(S3Client);
  const buckets = new Set<string>();
  for (const asset of assembly.stacks.flatMap(({ id }) => assetsOf(assembly, id))) {
    for (const { bucketName, objectKey } of Object.values(asset.destinations)) {
      if (!buckets.has(bucketName)) await makeBucket(bucketName, s3);
      buckets.add(bucketName);
      const at = { Bucket: bucketName, Key: objectKey };
      if (await isThere(at, s3)) continue; // named by its content
      const body = await bodyOf(path.join(assembly.directory, asset.source.path), asset.source.packaging);
      await s3.send(new PutObjectCommand({ ...at, Body: body }));
    }
  }
}

function assetsOf({ directory }: CloudAssembly, stack: string): Asset[] {
  const file = path.join(directory, `${stack}.assets.json`);
  return Object.values(Manifest.parse(JSON.parse(readFileSync(file, "utf8"))).files);
}

const makeBucket = (name: string, s3: S3Client) =>
  s3
    .send(
      new CreateBucketCommand({
        Bucket: name,
        CreateBucketConfiguration: { LocationConstraint: REGION },
      }),
    )
    .catch((error: Error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });

const isThere = (at: { Bucket: string; Key: string }, s3: S3Client) =>
  s3.send(new HeadObjectCommand(at)).then(
    () => true,
    (error: Error) => {
      if (error.name === "NotFound") return false;
      throw error;
    },
  );

async function bodyOf(source: string, packaging: "file" | "zip"): Promise<Buffer> {
  if (packaging === "file" || !statSync(source).isDirectory()) return readFileSync(source);
  const zip = new ZipFile();
  for (const name of readdirSync(source, { recursive: true, encoding: "utf8" }).sort()) {
    const file = path.join(source, name);
    if (statSync(file).isFile()) zip.addFile(file, name, { compressionLevel: 1 });
  }
  zip.end();
  return buffer(zip.outputStream);
}
