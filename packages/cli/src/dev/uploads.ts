import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { DEFAULT_LIMITS } from "@sluice/control/deps";
import { fromZip, upload } from "@sluice/core/batch/index";
import { marker } from "@sluice/core/batch/keys";
import { isInBatch, whyUnsafe } from "@sluice/core/batch/names";
import { MAX_FILE_BYTES } from "@sluice/core/batch/source";
import { SluiceError } from "@sluice/core/errors";
import { BatchId } from "@sluice/core/ids";
import { mapLimit } from "@sluice/core/map-limit";
import type { Uploads } from "@sluice/core/ports";
import { MaskPolicy } from "@sluice/core/settings/index";
import { rooms } from "@sluice/local/home";
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Work } from "./work";

/** A zip that is the body itself is unpacked from disk. */
const MAX_ZIP_BYTES = 4 * 2 ** 30;
const DAY_MS = 24 * 3_600_000;
const READERS = 16;

const tooLarge = (limit: number) =>
  new SluiceError(
    "serving.body_too_large",
    `The upload is over ${limit / 2 ** 20} MiB`,
    "Send less at once.",
  );

/** Files are put under their keys, on this server itself. */
export const localUploads = ({ home, world }: Work): Uploads => ({
  presign: async ({ key }) => ({
    method: "PUT",
    url: `/uploads/${key.split("/").map(encodeURIComponent).join("/")}`,
    headers: { "content-type": "application/octet-stream" },
    expiresAt: world.clock.now() + DAY_MS,
  }),
  arrived: async (prefix) => {
    const keys = await world.blobs.list(prefix);
    const sized = async (key: string) => [key, (await stat(join(rooms(home).blobs, key))).size] as const;
    return new Map(await mapLimit(keys, READERS, sized));
  },
});

/** Takes files of a batch one by one, or a whole batch as a zip, which starts its run. */
export function uploadRoutes(app: Hono, { world, runner }: Work): void {
  app.put("/uploads/*", async (c) => {
    const key = keyOf(c.req.path);
    const bytes = await bodyUpTo(key.endsWith(".zip") ? DEFAULT_LIMITS.zipBytes : MAX_FILE_BYTES, c);
    const batch = key.split("/")[1] ?? "";
    if (await world.blobs.has(marker(batch))) throw complete(batch);
    await world.blobs.put(key, bytes);
    return c.json({ bytes: bytes.length });
  });
  app.post("/batches", async (c, next) => {
    if (c.req.header("content-type")?.startsWith("application/json")) return next(); // an announcement
    const masks = MaskPolicy.catch("reject").parse(c.req.query("masks"));
    const { body } = c.req.raw;
    if (!body)
      throw new SluiceError("usage.invalid", "There is no zip in the request", "Send it as the body.");
    const { batch } = await withZip(body as ReadableStream, async (file) => {
      const source = await fromZip(file);
      return upload(source, world).finally(source.close);
    });
    return c.json({ batch, ...(await runner.start({ batch, masks })) }, 202);
  });
}

async function bodyUpTo(maxSize: number, c: Context): Promise<Buffer> {
  const onError = () => {
    throw tooLarge(maxSize);
  };
  await bodyLimit({ maxSize, onError })(c, async () => {});
  return Buffer.from(await c.req.arrayBuffer());
}

const complete = (batch: string) =>
  new SluiceError("blob.conflict", `Batch ${batch} is complete already`, "Send it as another batch.");

/** Uploads go to `incoming/` and nowhere else. Throws `usage.invalid`. */
function keyOf(path: string): string {
  const key = path.slice("/uploads/".length).split("/").map(decode).join("/");
  const [top = "", batch = "", ...name] = key.split("/");
  const isZip = top === "incoming" && name.length === 0 && batch.endsWith(".zip");
  const isFile = top === "incoming" && isInBatch(name.join("/")) && !whyUnsafe(name.join("/"));
  if ((isZip || isFile) && BatchId.safeParse(batch).success) return key;
  const hint = "Its files are images/… and masks/…";
  throw new SluiceError("usage.invalid", "Uploads go to /uploads/incoming/<batch>/", hint);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new SluiceError("usage.invalid", "The address is not encoded right", "", { cause });
  }
}

/** The body in a file of its own, which is gone afterwards. */
async function withZip<T>(body: ReadableStream, use: (file: string) => Promise<T>): Promise<T> {
  await mkdir(tmpdir(), { recursive: true });
  const folder = await mkdtemp(join(tmpdir(), "sluice-upload-"));
  const file = join(folder, "batch.zip");
  let size = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _, next) {
      size += chunk.length;
      next(size > MAX_ZIP_BYTES ? tooLarge(MAX_ZIP_BYTES) : null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(body), limit, createWriteStream(file));
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
