import { crc32 } from "node:zlib";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import * as Photo from "./index";

const BLOCK = 16;
const GREY: Record<string, number> = { A: 20, B: 60, C: 100, D: 140, E: 180, F: 220 };

/** Rows of letters, each a block of one grey, as JPEG with an EXIF orientation. */
async function lettered(rows: string[], orientation: number): Promise<Buffer> {
  const width = (rows[0] ?? "").length;
  const greys = Buffer.from(rows.flatMap((row) => [...row].map((letter) => GREY[letter] ?? 0)));
  return sharp(greys, { raw: { width, height: rows.length, channels: 1 } })
    .resize(width * BLOCK, rows.length * BLOCK, { kernel: "nearest" })
    .jpeg({ quality: 100 })
    .withMetadata({ orientation })
    .toBuffer();
}

/** The letter whose grey is at the middle of each block. */
function letters(data: Buffer, width: number, height: number, block: number, channels: number): string {
  const nearest = (grey: number) =>
    Object.entries(GREY).find(([, value]) => Math.abs(value - grey) <= 6)?.[0] ?? `?${grey}`;
  const rows: string[] = [];
  for (let y = block / 2; y < height; y += block) {
    let row = "";
    for (let x = block / 2; x < width; x += block) row += nearest(data[(y * width + x) * channels] ?? -1);
    rows.push(row);
  }
  return rows.join("/");
}

// EXIF 2.32, tag 0x0112; the stored rows are ABC, DEF.
const UPRIGHT: [orientation: number, rows: string][] = [
  [1, "ABC/DEF"],
  [2, "CBA/FED"],
  [3, "FED/CBA"],
  [4, "DEF/ABC"],
  [5, "AD/BE/CF"],
  [6, "DA/EB/FC"],
  [7, "FC/EB/DA"],
  [8, "CF/BE/AD"],
];

describe.each(UPRIGHT)("EXIF orientation %i", (orientation, rows) => {
  const isTurned = orientation >= 5;
  const size = isTurned ? { width: 32, height: 48 } : { width: 48, height: 32 };

  test("the header gives the upright size", async () => {
    const photo = await lettered(["ABC", "DEF"], orientation);
    expect(await Photo.header(photo, "a.jpg")).toEqual({ format: "jpeg", orientation, ...size });
  });

  test("upright pixels are where a person sees them", async () => {
    const photo = await lettered(["ABC", "DEF"], orientation);
    const { data, width, height } = await Photo.upright(photo, "a.jpg");
    expect({ width, height }).toEqual(size);
    expect(letters(data, width, height, BLOCK, 3)).toBe(rows);
  });

  test("so are the mask's", async () => {
    const mask = await lettered(["ABC", "DEF"], orientation);
    const { data, width, height } = await Photo.maskPixels(mask, "a.jpg");
    expect(letters(data, width, height, BLOCK, 1)).toBe(rows);
  });
});

test("a network's input is turned upright before it is stretched", async () => {
  const view = await Photo.view(await lettered(["AB", "CD"], 6), "a.jpg");
  const input = Photo.fitted(view, { width: 48, height: 32 });
  expect(input).toHaveLength(48 * 32 * 3);
  const at = (x: number, y: number) => input[(y * 48 + x) * 3] ?? -1;
  const corners = [at(4, 4), at(43, 4), at(4, 27), at(43, 27)]; // CA over DB
  for (const [i, expected] of [100, 20, 140, 60].entries()) {
    expect(Math.abs((corners[i] ?? 0) - expected)).toBeLessThanOrEqual(6);
  }
});

describe("a view", () => {
  const grey = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: "#646464" } });
  const sizeOf = async (photo: Buffer) => {
    const { data, width, height, photo: original } = await Photo.view(photo, "a.jpg");
    expect(data).toHaveLength(width * height * 3);
    return [width, height, original.width, original.height];
  };

  test.each([
    ["as large as it is", 640, 480, [640, 480, 640, 480]],
    ["as large as it may be", 1280, 300, [1280, 300, 1280, 300]],
    ["too wide", 2560, 960, [1280, 480, 2560, 960]],
    ["too high", 640, 2560, [320, 1280, 640, 2560]],
  ])("of a photo %s", async (_, width, height, expected) => {
    expect(await sizeOf(await grey(width, height).png().toBuffer())).toEqual(expected);
  });

  test("is upright, and so is the photo's size", async () => {
    const lying = await grey(2560, 960).jpeg().withMetadata({ orientation: 8 }).toBuffer();
    expect(await sizeOf(lying)).toEqual([480, 1280, 960, 2560]);
    const { data, width } = await Photo.view(await lettered(["AB", "CD"], 6), "a.jpg");
    expect(letters(data, width, 32, BLOCK, 3)).toBe("CA/DB");
  });

  test("of what is refused from its header is refused as the header is", async () => {
    const huge = claiming(await plain(0, 0, 0).png().toBuffer(), 100_000, 50_000);
    await expect(Photo.view(huge, "big.png")).rejects.toMatchObject({ code: "photo.too_large" });
    const text = Buffer.from("not a picture");
    await expect(Photo.view(text, "a.txt")).rejects.toMatchObject({ code: "photo.unsupported" });
  });
});

describe("a picture fitted to a network's input", () => {
  /** 64 x 48: black to the left of its middle, light to the right. */
  const halves: Photo.Pixels = {
    data: Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, i) => (i % 192 < 96 ? 0 : 200))),
    width: 64,
    height: 48,
  };

  test("of its own size is itself", async () => {
    expect(Photo.fitted(halves, halves)).toEqual(halves.data);
  });

  test("is stretched, not cut: its middle stays its middle", async () => {
    const fitted = Photo.fitted(halves, { width: 16, height: 24 });
    expect(fitted).toHaveLength(16 * 24 * 3);
    for (let row = 0; row < 24; row++) {
      const grey = (column: number) => fitted[3 * (16 * row + column)];
      expect([grey(0), grey(6), grey(9), grey(15)]).toEqual([0, 0, 200, 200]);
      expect(grey(7) + grey(8)).toBe(200);
    }
  });

  test("of one channel keeps one", async () => {
    const mask = { data: Buffer.from([0, 0, 255, 255]), width: 4, height: 1 };
    expect([...Photo.fitted(mask, { width: 4, height: 1 }, 1)]).toEqual([0, 0, 255, 255]);
    expect(Photo.fitted(mask, { width: 8, height: 3 }, 1)).toHaveLength(24);
  });
});

const plain = (r: number, g: number, b: number, alpha?: number) =>
  sharp({
    create: {
      width: 16,
      height: 16,
      channels: alpha === undefined ? 3 : 4,
      background: { r, g, b, ...(alpha === undefined ? {} : { alpha }) },
    },
  });

test.each([
  ["8-bit colour", plain(200, 100, 50).png(), [200, 100, 50]],
  ["a palette", plain(200, 100, 50).png({ palette: true }), [200, 100, 50]],
  ["16-bit colour", plain(200, 100, 50).toColourspace("rgb16").png(), [200, 100, 50]],
  ["16-bit grey", plain(100, 100, 100).toColourspace("grey16").png(), [100, 100, 100]],
  ["8-bit grey", plain(100, 100, 100).toColourspace("b-w").png(), [100, 100, 100]],
  ["grey and alpha", plain(100, 100, 100, 0.5).toColourspace("b-w").png(), [100, 100, 100]],
  ["colour and alpha", plain(200, 100, 50, 0.5).png(), [200, 100, 50]],
  ["lossless WebP", plain(200, 100, 50).webp({ lossless: true }), [200, 100, 50]],
])("%s becomes 8-bit RGB", async (_, picture, expected) => {
  const { data } = await Photo.upright(await picture.toBuffer(), "a");
  expect(data).toHaveLength(16 * 16 * 3);
  expect([...data.subarray(0, 3)]).toEqual(expected);
});

test("CMYK becomes RGB of about the same colour", async () => {
  const photo = await plain(200, 100, 50).toColourspace("cmyk").jpeg({ quality: 100 }).toBuffer();
  const { data } = await Photo.upright(photo, "a.jpg");
  expect(data).toHaveLength(16 * 16 * 3);
  const [red = 0, green = 0, blue = 0] = data;
  expect(red).toBeGreaterThan(180);
  expect(green).toBeGreaterThan(80);
  expect(green).toBeLessThan(120);
  expect(blue).toBeLessThan(60);
});

const noisy = () =>
  sharp({
    create: {
      width: 128,
      height: 128,
      channels: 3,
      background: "black",
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  });

test.each([
  ["JPEG", noisy().jpeg()],
  ["progressive JPEG", noisy().jpeg({ progressive: true })],
  ["PNG", noisy().png()],
  ["WebP", noisy().webp()],
])("a truncated %s is refused, not half decoded", async (_, picture) => {
  const whole = await picture.toBuffer();
  const cut = whole.subarray(0, Math.floor(whole.length * 0.9));
  const refused = { code: "photo.unreadable", message: "a.jpg is damaged: it cannot be decoded" };
  await expect(Photo.upright(cut, "a.jpg")).rejects.toMatchObject(refused);
  await expect(Photo.view(cut, "a.jpg")).rejects.toMatchObject({
    code: "photo.unreadable",
    message: expect.stringMatching(/^a\.jpg is damaged: /),
  });
  await expect(Photo.maskPixels(cut, "a.jpg")).rejects.toMatchObject(refused);
});

test("a PNG with a flipped bit is refused", async () => {
  const photo = await noisy().png().toBuffer();
  photo[photo.length >> 1] = (photo[photo.length >> 1] ?? 0) ^ 1;
  await expect(Photo.upright(photo, "a.png")).rejects.toMatchObject({ code: "photo.unreadable" });
});

/** The picture with another size in its header: decoding fails, so whoever names the size read no further. */
function claiming(png: Buffer, width: number, height: number): Buffer {
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

test("a photo over 25 megapixels is refused from its header", async () => {
  const photo = await plain(0, 0, 0).png().toBuffer();
  const patched = claiming(photo, 100_000, 50_000);
  await expect(Photo.header(patched, "big.png")).rejects.toMatchObject({
    code: "photo.too_large",
    message: "big.png has 100000x50000 px; the limit is 25 megapixels",
  });
});

test("a photo with a side as no camera's is refused from its header", async () => {
  const patched = claiming(await plain(0, 0, 0).png().toBuffer(), 1, 65_536);
  await expect(Photo.header(patched, "thin.png")).rejects.toMatchObject({
    code: "photo.too_large",
    message: "thin.png has 1x65536 px; the limit is 65535 px a side",
  });
});

const latin = (text: string) => Buffer.from(text, "latin1");
const UNSUPPORTED: [what: string, file: Buffer][] = [
  ["GIF", Buffer.from("47494638396101000100800000000000ffffff2c00000000010001000002024401003b", "hex")],
  ["TIFF", latin("II*\0\x08\0\0\0")],
  ["TIFF", latin("MM\0*\0\0\0\x08")],
  ["HEIC", latin("\0\0\0\x18ftypheic\0\0\0\0")],
  ["AVIF", latin("\0\0\0\x20ftypavif\0\0\0\0")],
  ["a film", latin("\0\0\0\x20ftypisom\0\0\0\0")],
  ["BMP", latin("BM\x46\0\0\0\0\0\0\0\x36\0\0\0")],
  ["JPEG XL", latin("\xff\x0a\x10\x80")],
  ["JPEG 2000", latin("\0\0\0\x0cjP  \r\n")],
  ["a Photoshop file", latin("8BPS\0\x01")],
  ["PDF", latin("%PDF-1.7\n")],
  ["a zip", latin("PK\x03\x04\x14\0")],
  ["SVG", latin('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ["SVG", latin('<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>')],
  ["a web page", latin("<!DOCTYPE html><html>")],
  ["text", latin("not a picture\n")],
  ["no JPEG, PNG or WebP", latin("\x01\x02\x03\x04")],
  ["no JPEG, PNG or WebP", latin("RIFF\0\0\0\0WAVE")],
];

test.each(UNSUPPORTED)("what is %s is no photo of ours, and is called so", async (what, bytes) => {
  await expect(Photo.header(bytes, "a.jpg")).rejects.toMatchObject({
    code: "photo.unsupported",
    message: `a.jpg is ${what}`,
  });
  await expect(Photo.upright(bytes, "a.jpg")).rejects.toMatchObject({ code: "photo.unreadable" });
});

test("a photo that is empty or breaks off in its header is damaged", async () => {
  const whole = await noisy().jpeg().toBuffer();
  const refused = { code: "photo.unreadable" };
  await expect(Photo.header(whole.subarray(0, 20), "a.jpg")).rejects.toMatchObject(refused);
  await expect(Photo.header(Buffer.alloc(0), "a.jpg")).rejects.toMatchObject({
    ...refused,
    message: "a.jpg is empty",
  });
});

test("a mask is written as one channel of 0 and 255", async () => {
  const png = await Photo.maskPng(Uint8Array.from([0, 1, 127, 128, 255, 0]), 3, 2, 127);
  expect(await sharp(png).metadata()).toMatchObject({ format: "png", width: 3, height: 2, channels: 1 });
  expect([...(await Photo.maskPixels(png, "m.png")).data]).toEqual([0, 0, 0, 255, 255, 0]);
});
