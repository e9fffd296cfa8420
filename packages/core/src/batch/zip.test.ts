import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { drawnMask, drawnPhoto } from "../dataset/testing";
import { memoryWorld } from "../testing";
import * as Validation from "../validation";
import * as Batch from "./index";
import { openZip, ZIP_LIMITS } from "./zip";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sluice-zip-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

type Options = { compress?: boolean; mode?: number };
type Files = Record<string, string | Buffer | [Buffer | string, Options]>;
const good: Files = { "images/a.jpg": "photo", "masks/a.png": "mask" };

function zipped(files: Files): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, file] of Object.entries(files)) {
    const [body, options] = Array.isArray(file) ? file : [file, {}];
    zip.addBuffer(Buffer.from(body), name, options);
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** The zip with a name replaced by another of the same length, in both of its places. */
const renamed = (zip: Buffer, from: string, to: string) =>
  Buffer.from(zip.toString("latin1").replaceAll(from, to), "latin1");

/** Where an entry's record in the central directory begins. */
function recordOf(zip: Buffer, name: string): number {
  for (
    let at = zip.indexOf("PK\x01\x02", 0, "latin1");
    at >= 0;
    at = zip.indexOf("PK\x01\x02", at + 4, "latin1")
  ) {
    if (zip.toString("latin1", at + 46, at + 46 + name.length) === name) return at;
  }
  throw new Error(`${name} is not in the zip`);
}

async function saved(zip: Buffer): Promise<string> {
  const file = join(dir, "b.zip");
  await writeFile(file, zip);
  return file;
}
const refusedIn = async (zip: Buffer) => {
  const { refusals, close } = await Batch.fromZip(await saved(zip));
  close();
  return refusals.map(({ code, file, message }) => `${code} ${file}: ${message}`);
};
const faultsOf = async (zip: Buffer, limits = ZIP_LIMITS) =>
  (await openZip(zip, "b.zip", limits)).faults.map(
    ({ code, file, message }) => `${code} ${file}: ${message}`,
  );

test("a zip is the same batch as the folder with its files, with or without a folder around them", async () => {
  const plain = await Batch.fromZip(await saved(await zipped(good)));
  const wrapped = await Batch.fromZip(
    await saved(
      await zipped({
        "photos/images/a.jpg": ["photo", { compress: false }],
        "photos/masks/a.png": "mask",
        "__MACOSX/photos/images/._a.jpg": "x",
      }),
    ),
  );
  expect(plain.batch).toBe("23518ae1f562");
  expect(wrapped.batch).toBe("23518ae1f562");
  expect(wrapped.entries.map(({ name }) => name)).toEqual(["images/a.jpg", "masks/a.png"]);
  expect((await wrapped.entries[1]?.bytes())?.toString()).toBe("mask");
  plain.close();
  wrapped.close();
});

test("names that escape are refused, all of them at once", async () => {
  let zip = await zipped({
    ...good,
    "images/xx/b.jpg": "x",
    "xxc.jpg": "x",
    "images/d.jpg": "x",
    "images/e?.jpg": "x",
  });
  zip = renamed(zip, "images/xx/b.jpg", "images/../b.jpg");
  zip = renamed(zip, "xxc.jpg", "C:c.jpg");
  zip = renamed(zip, "images/d.jpg", "/mages/d.jpg");
  zip = renamed(zip, "images/e?.jpg", "images/e\n.jpg");
  expect(await faultsOf(zip)).toEqual([
    "zip_traversal images/../b.jpg: points out of its folder",
    "zip_traversal C:c.jpg: has an absolute name",
    "zip_traversal /mages/d.jpg: has an absolute name",
    "zip_traversal images/e?.jpg: has control characters in its name",
  ]);
  const { entries, refusals, close } = await Batch.fromZip(await saved(zip));
  close();
  expect(entries.map(({ name }) => name)).toEqual(["images/a.jpg", "masks/a.png"]);
  expect(refusals.map(({ file }) => file)).toEqual([
    "/mages/d.jpg",
    "C:c.jpg",
    "images/../b.jpg",
    "images/e?.jpg",
  ]);
});

test("backslashes are folders, as some Windows programs write them, and may not escape either", async () => {
  const zip = renamed(
    await zipped({ ...good, "images/yy/b.jpg": "x" }),
    "images/yy/b.jpg",
    "images\\..\\b.jpg",
  );
  expect(await faultsOf(zip)).toEqual(["zip_traversal images/../b.jpg: points out of its folder"]);
});

test("links and devices are refused", async () => {
  const zip = await zipped({
    ...good,
    "images/link.jpg": ["/etc/passwd", { mode: 0o120777 }],
    "images/pipe.jpg": ["", { mode: 0o010644 }],
  });
  expect(await faultsOf(zip)).toEqual([
    "zip_link images/link.jpg: is a link",
    "zip_link images/pipe.jpg: is no plain file",
  ]);
});

test("bombs are refused by ratio, size, sum and count, without unpacking them", async () => {
  const zip = await zipped({ ...good, "images/bomb.jpg": Buffer.alloc(60 * 2 ** 20) });
  expect(await refusedIn(zip)).toEqual(["zip_bomb images/bomb.jpg: unpacks to over 100 times its size"]);
  const limits = (change: Partial<typeof ZIP_LIMITS>) => ({ ...ZIP_LIMITS, ...change });
  expect(await faultsOf(zip, limits({ fileBytes: 1_000 }))).toEqual([
    "zip_bomb images/bomb.jpg: unpacks to 62914560 bytes",
  ]);
  const plain = await zipped(good);
  expect(await faultsOf(plain, limits({ totalBytes: 8 }))).toEqual(["zip_bomb : it unpacks to over 8 bytes"]);
  expect(await faultsOf(zip, limits({ entries: 2 }))).toEqual(["zip_bomb : it has 3 entries"]);
  await expect(Batch.fromZip(await saved(plain), limits({ totalBytes: 8 }))).rejects.toMatchObject({
    code: "batch.zip_unsafe",
    message: `${join(dir, "b.zip")}: it unpacks to over 8 bytes`,
  });
});

test("entries that share their bytes are refused", async () => {
  const zip = await zipped(good);
  const at = recordOf(zip, "masks/a.png");
  zip.writeUInt32LE(zip.length, at + 20);
  expect(await faultsOf(zip)).toEqual(["zip_bomb : its entries overlap"]);
});

test("a bomb that lies about its size is stopped while it is read", async () => {
  const zip = await zipped({ ...good, "images/b.jpg": Buffer.alloc(5 * 2 ** 20) });
  zip.writeUInt32LE(100, recordOf(zip, "images/b.jpg") + 24);
  expect(await faultsOf(zip)).toEqual([]);
  expect(await refusedIn(zip)).toEqual(["zip_damaged images/b.jpg: is damaged in the zip"]);
});

test("encrypted, doubled, damaged and cut off", async () => {
  const encrypted = await zipped(good);
  const at = recordOf(encrypted, "images/a.jpg");
  encrypted.writeUInt16LE(encrypted.readUInt16LE(at + 8) | 1, at + 8);
  expect(await refusedIn(encrypted)).toEqual(["zip_encrypted images/a.jpg: is encrypted"]);

  const doubled = renamed(await zipped({ ...good, "images/b.jpg": "x" }), "images/b.jpg", "images/a.jpg");
  expect(await faultsOf(doubled)).toEqual(["duplicate_id images/a.jpg: is in the zip twice"]);

  const whole = await zipped({ ...good, "images/b.jpg": ["recognisable", { compress: false }] });
  expect(await refusedIn(renamed(whole, "recognisable", "unrecognised"))).toEqual([
    "zip_damaged images/b.jpg: is damaged in the zip",
  ]);
  for (const damaged of [whole.subarray(0, 200), Buffer.from("no zip"), Buffer.alloc(0)]) {
    await expect(Batch.fromZip(await saved(damaged))).rejects.toMatchObject({ code: "input.unreadable" });
  }
  await expect(Batch.fromZip(join(dir, "nowhere.zip"))).rejects.toMatchObject({ code: "input.unreadable" });
});

test("a zip without images/ or masks/ is incomplete", async () => {
  const zip = await saved(await zipped({ "images/a.jpg": "photo" }));
  await expect(Batch.fromZip(zip)).rejects.toMatchObject({ code: "batch.incomplete" });
});

test("a zip that lies in incoming is validated as a folder is, its own faults among the rest", async () => {
  const { blobs } = memoryWorld();
  const pair = { "images/a.png": await drawnPhoto(1), "masks/a.png": await drawnMask(20, 20) };
  await blobs.put("incoming/good.zip", await zipped(pair));
  expect(await Validation.validate({ batch: "good" }, { blobs })).toMatchObject({ accepted: true, pairs: 1 });

  const bad = await zipped({ ...pair, "images/xx/b.png": "x", "images/c.png": await drawnPhoto(2) });
  await blobs.put("incoming/bad.zip", renamed(bad, "images/xx/b.png", "images/../b.png"));
  await blobs.put("incoming/none.zip", "no zip");
  const found = async (batch: string) =>
    (await Validation.validate({ batch }, { blobs })).faults.map(({ code, file }) => `${code} ${file}`);
  expect(await found("bad")).toEqual(["zip_traversal images/../b.png", "photo_unpaired images/c.png"]);
  expect(await found("none")).toEqual(["zip_damaged none.zip"]);
});
