import sharp from "sharp";
import { expect, test } from "vitest";
import { drawnMask, drawnPhoto, uploaded, validatedBatch } from "../dataset/testing";
import { memoryWorld } from "../testing";
import * as Validation from "./index";

type Files = Record<string, Buffer>;
const good = async (): Promise<Files> => ({
  "images/good.png": await drawnPhoto(1),
  "masks/good.png": await drawnMask(20, 20),
});

/** Validates a good pair with other files beside it; answers what is said of those. */
async function findings(files: Files, masks: "reject" | "threshold" = "reject") {
  const { blobs } = memoryWorld();
  await uploaded("b", { ...(await good()), ...files }, blobs);
  const report = await Validation.validate({ batch: "b", masks }, { blobs });
  return {
    ...report,
    faults: report.faults.map(({ code, file }) => `${code} ${file}`),
    warnings: report.warnings.map(({ code, file }) => `${code} ${file}`),
    said: [...report.faults, ...report.warnings].map(({ message, hint }) => `${message}. ${hint}`),
  };
}
const pairOf = (photo: Buffer, mask: Buffer, photoName = "a.png", maskName = "a.png"): Files => ({
  [`images/${photoName}`]: photo,
  [`masks/${maskName}`]: mask,
});
/** A 64x64 mask of one value on 0, in the left half. */
const half = (value: number) => {
  const data = Buffer.from(Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 32 ? value : 0)));
  return sharp(data, { raw: { width: 64, height: 64, channels: 1 } }).toColourspace("b-w");
};

test("a good batch is accepted; its report lies beside it", async () => {
  const { blobs } = memoryWorld();
  await validatedBatch("b", { a: { seed: 1 }, b: { seed: 2 } }, blobs);
  const expected = { batch: "b", masks: "reject", pairs: 2, accepted: true, faults: [], warnings: [] };
  expect(await Validation.report({ batch: "b" }, { blobs })).toEqual(expected);
  expect((await blobs.get("reports/b/report.html")).toString()).toContain("accepted");
});

test("photos and masks without a partner", async () => {
  const { faults, accepted, pairs } = await findings({
    "images/lone.png": await drawnPhoto(2),
    "masks/other.png": await drawnMask(20, 20),
  });
  expect(faults).toEqual(["photo_unpaired images/lone.png", "mask_unpaired masks/other.png"]);
  expect({ accepted, pairs }).toEqual({ accepted: false, pairs: 1 });
});

test("files that are no pictures, cut off, or not what their name says", async () => {
  const mask = await drawnMask(20, 20);
  const photo = await drawnPhoto(2);
  const { faults, said } = await findings({
    ...pairOf(Buffer.from("no picture"), mask),
    ...pairOf(photo.subarray(0, photo.length - 20), mask, "b.png", "b.png"),
    ...pairOf(await drawnPhoto(3), mask, "c.jpg", "c.png"),
    ...pairOf(await drawnPhoto(4), mask.subarray(0, mask.length - 20), "d.png", "d.png"),
    ...pairOf(Buffer.alloc(0), Buffer.alloc(0), "e.png", "e.png"),
  });
  expect(faults).toEqual([
    "unsupported images/a.png",
    "truncated images/b.png",
    "mislabelled images/c.jpg",
    "truncated masks/d.png",
    "unreadable images/e.png",
    "unreadable masks/e.png",
  ]);
  expect(said[2]).toBe("is png, whatever its name says. Name it .png, or save it again.");
});

test("a photo over 25 megapixels", async () => {
  const big = await sharp({ create: { width: 5001, height: 5000, channels: 3, background: "grey" } })
    .png()
    .toBuffer();
  const { faults, said } = await findings(pairOf(big, await drawnMask(20, 20)));
  expect(faults).toEqual(["photo_too_large images/a.png"]);
  expect(said).toEqual(["has 5001x5000 px; the limit is 25 megapixels. Make it smaller."]);
});

test("a photo that serving would refuse for its size is not taken", async () => {
  const padded = async (bytes: number) => Buffer.concat([await drawnPhoto(2), Buffer.alloc(bytes)], bytes);
  const mask = await drawnMask(20, 20);
  expect((await findings(pairOf(await padded(15_000_000), mask))).faults).toEqual([]);
  const { faults, said } = await findings(pairOf(await padded(15_000_001), mask));
  expect(faults).toEqual(["file_too_large images/a.png"]);
  expect(said).toEqual(["has 15000001 bytes. The limit is 15 MB a photo; save it as JPEG, or smaller."]);
});

test("sizes are compared after EXIF: an upright mask fits a turned photo, a lying one does not", async () => {
  const lying = await sharp(await drawnPhoto(2))
    .resize(64, 48, { fit: "fill" })
    .png()
    .toBuffer();
  const turned = await sharp(lying).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const fits = await findings(pairOf(turned, await blank(48, 64), "a.jpg"));
  expect(fits.faults).toEqual([]);

  const { faults, said } = await findings(pairOf(turned, await blank(64, 48), "a.jpg"));
  expect(faults).toEqual(["size_mismatch masks/a.png"]);
  expect(said).toEqual([
    "is 64x48 px, its photo 48x64 px once turned upright by EXIF. Draw the mask on the upright photo.",
  ]);
});

/** A mask whose left half is white. */
async function blank(width: number, height: number): Promise<Buffer> {
  const white = { create: { width: width / 2, height, channels: 3 as const, background: "white" } };
  return sharp({ create: { width, height, channels: 3, background: "black" } })
    .composite([{ input: white, left: 0, top: 0 }])
    .png()
    .toBuffer();
}

test("grey masks are refused, or cut at 127 with a warning", async () => {
  const files = {
    ...pairOf(await drawnPhoto(2), await half(128).png().toBuffer()),
    ...pairOf(await drawnPhoto(3), await half(127).png().toBuffer(), "b.png", "b.png"),
  };
  const refused = await findings(files);
  expect(refused.faults).toEqual(["mask_not_binary masks/a.png", "mask_not_binary masks/b.png"]);
  expect(refused.said[0]).toBe(
    "has 1 value besides 0 and 255. Save it as PNG with 0 and 255 only, or push with --masks threshold.",
  );

  const cut = await findings(files, "threshold");
  expect(cut.faults).toEqual(["mask_empty masks/b.png"]);
  expect(cut.warnings).toEqual(["mask_thresholded masks/a.png", "mask_thresholded masks/b.png"]);
});

test("a JPEG mask is grey at its edges", async () => {
  const jpeg = await sharp(await drawnMask(21, 21))
    .jpeg()
    .toBuffer();
  const files = pairOf(await drawnPhoto(2), jpeg, "a.png", "a.jpg");
  expect((await findings(files)).faults).toEqual(["mask_not_binary masks/a.jpg"]);
  const cut = await findings(files, "threshold");
  expect({ faults: cut.faults, pairs: cut.pairs }).toEqual({ faults: [], pairs: 2 });
});

test("a mask of 0 and 1 is told apart", async () => {
  const { said } = await findings(pairOf(await drawnPhoto(2), await half(1).png().toBuffer()));
  expect(said).toEqual(["marks the window with 1 instead of 255. Multiply it by 255."]);
});

test("masks that mark nothing, next to nothing, or nearly all", async () => {
  const { faults, said } = await findings({
    ...pairOf(await drawnPhoto(2), await half(0).png().toBuffer()),
    ...pairOf(await drawnPhoto(3), await drawnMask(11, 9), "b.png", "b.png"),
    ...pairOf(await drawnPhoto(4), await drawnMask(64, 58), "c.png", "c.png"),
    ...pairOf(await drawnPhoto(5), await drawnMask(10, 10), "d.png", "d.png"),
    ...pairOf(await drawnPhoto(6), await drawnMask(64, 57), "e.png", "e.png"),
  });
  expect(faults).toEqual([
    "mask_empty masks/a.png",
    "mask_too_small masks/b.png",
    "mask_too_large masks/c.png",
  ]);
  expect(said[1]).toBe("marks 99 px; at least 100 are needed. Draw the whole window.");
});

test("ids that two files have, also by upper and lower case only", async () => {
  const { faults } = await findings({
    ...pairOf(await drawnPhoto(2), await drawnMask(20, 20)),
    "images/a.jpg": await sharp(await drawnPhoto(3))
      .jpeg()
      .toBuffer(),
    ...pairOf(await drawnPhoto(4), await drawnMask(20, 20), "GOOD.png", "GOOD.png"),
  });
  expect(faults).toEqual([
    "duplicate_id images/a.png",
    "duplicate_id images/good.png",
    "duplicate_id masks/good.png",
  ]);
});

test("the same photo under two ids, byte by byte or in another file format", async () => {
  const photo = await drawnPhoto(1);
  const { faults, said } = await findings({
    ...pairOf(photo, await drawnMask(20, 20), "same.png", "same.png"),
    ...pairOf(
      await sharp(photo).webp({ lossless: true }).toBuffer(),
      await drawnMask(30, 20),
      "z.webp",
      "z.png",
    ),
  });
  expect(faults).toEqual(["same_photo images/same.png", "same_photo images/z.webp"]);
  expect(said[0]).toBe("shows the very picture of images/good.png. Keep one of the two pairs.");
});

test("what is no picture is left out with a warning, what systems leave behind without", async () => {
  const { faults, warnings, pairs } = await findings({
    "images/notes.txt": Buffer.from("x"),
    "images/old/a.png": await drawnPhoto(2),
    "images/.DS_Store": Buffer.from("x"),
    "masks/Thumbs.db": Buffer.from("x"),
    "__MACOSX/images/._good.png": Buffer.from("x"),
  });
  expect({ faults, pairs }).toEqual({ faults: [], pairs: 1 });
  expect(warnings).toEqual(["unexpected_file images/notes.txt", "unexpected_file images/old/a.png"]);
});

test("formats that are not read, and names that cannot be", async () => {
  const { faults } = await findings({
    "images/a.heic": Buffer.from("x"),
    ...pairOf(
      await drawnPhoto(2),
      await sharp(await drawnMask(20, 20))
        .webp()
        .toBuffer(),
      "b.png",
      "b.webp",
    ),
    "images/.hidden.png": await drawnPhoto(3),
  });
  expect(faults).toEqual([
    "unsafe_name images/.hidden.png",
    "photo_unpaired images/a.heic",
    "unsupported images/a.heic",
    "unsupported masks/b.webp",
  ]);
});

test("an empty batch, and one that is still on its way", async () => {
  const { blobs } = memoryWorld();
  await uploaded("empty", {}, blobs);
  const { faults } = await Validation.validate({ batch: "empty" }, { blobs });
  expect(faults.map(({ code, file }) => [code, file])).toEqual([["empty_batch", "empty"]]);

  await blobs.put("incoming/half/images/a.png", await drawnPhoto(1));
  await expect(Validation.validate({ batch: "half" }, { blobs })).rejects.toMatchObject({
    code: "batch.incomplete",
  });
});

test("the page escapes what it shows", async () => {
  const { blobs } = memoryWorld();
  await uploaded("b", { 'images/<img src=x onerror="alert(1)">.png': await drawnPhoto(1) }, blobs);
  await Validation.validate({ batch: "b" }, { blobs });
  const page = (await blobs.get("reports/b/report.html")).toString();
  expect(page).toContain("images/&lt;img src=x onerror=&quot;alert(1)&quot;&gt;.png");
  expect(page).not.toContain("<img");
  expect(page).toContain("photo_unpaired");
});

test("a batch that is rejected after all can no longer be committed", async () => {
  const { blobs } = memoryWorld();
  const grey = await half(200).png().toBuffer();
  await uploaded("b", pairOf(await drawnPhoto(1), grey), blobs);
  expect((await Validation.validate({ batch: "b", masks: "threshold" }, { blobs })).accepted).toBe(true);
  expect(await blobs.has("reports/b/pairs.json")).toBe(true);
  expect((await Validation.validate({ batch: "b", masks: "reject" }, { blobs })).accepted).toBe(false);
  expect(await blobs.has("reports/b/pairs.json")).toBe(false);
});
