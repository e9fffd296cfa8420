import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { fromZip, upload } from "@sluice/core/batch/index";
import { MAX_FILE_BYTES } from "@sluice/core/batch/source";
import { SluiceError } from "@sluice/core/errors";
import { MaskPolicy } from "@sluice/core/settings/index";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Work } from "./work";

const MAX_ZIP_BYTES = 4 * 2 ** 30;

const tooLarge = (limit: number) =>
  new SluiceError(
    "serving.body_too_large",
    `The upload is over ${limit / 2 ** 20} MiB`,
    "Send less at once.",
  );

/** Files of a batch one by one, or a whole batch as a zip, which starts its run. */
export function uploads({ world, runner }: Work): Hono {
  const app = new Hono();
  const onError = () => {
    throw tooLarge(MAX_FILE_BYTES);
  };
  app.get("/uploads/*", async (c) => c.json({ exists: await world.blobs.has(keyOf(c.req.path)) }));
  app.put("/uploads/*", bodyLimit({ maxSize: MAX_FILE_BYTES, onError }), async (c) => {
    const bytes = Buffer.from(await c.req.arrayBuffer());
    return c.json({ created: await world.blobs.put(keyOf(c.req.path), bytes, { ifAbsent: true }) });
  });
  app.post("/batches", async (c) => {
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
  return app;
}

/** Uploads go to `incoming/` and nowhere else. Throws `usage.invalid`. */
function keyOf(path: string): string {
  const key = path.slice("/uploads/".length).split("/").map(decode).join("/");
  if (/^incoming\/[A-Za-z0-9][A-Za-z0-9._-]*\/./.test(key) && !/(^|\/)\.{0,2}(\/|$)/.test(key)) return key;
  throw new SluiceError("usage.invalid", "Uploads go to /uploads/incoming/<batch>/", "");
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
