import { crc32, deflateSync } from "node:zlib";
import { raw, redWindow } from "@sluice/serving/testing/index";
import sharp from "sharp";
import type { Case } from "./case";

const latin = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const own = (bytes: Buffer) => new Uint8Array(bytes);

const noisy = (width = 96, height = 64) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: "black",
      noise: { type: "gaussian", mean: 128, sigma: 30 },
    },
  });
const jpeg = async () => own(await noisy().jpeg().toBuffer());
const png = async () => own(await noisy().png().toBuffer());
const webp = async () => own(await noisy().webp().toBuffer());
const part = async (photo: Promise<Uint8Array<ArrayBuffer>>, share: number) => {
  const whole = await photo;
  return whole.slice(0, Math.floor(whole.length * share));
};

/** A PNG by hand: grey, of one bit, whatever its size. */
function blackPng(width: number, height: number, { hasPixels = true } = {}) {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const pixels = hasPixels ? deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height)) : Buffer.alloc(0);
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return own(
    Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]),
  );
}

/** The JPEG with another size in its frame header (ITU T.81, B.2.2). */
async function claimingJpeg(width: number, height: number) {
  const photo = Buffer.from(await jpeg());
  const frame = photo.indexOf(Buffer.from([0xff, 0xc0]));
  photo.writeUInt16BE(height, frame + 5);
  photo.writeUInt16BE(width, frame + 7);
  return own(photo);
}

async function flipped() {
  const photo = await png();
  photo[photo.length >> 1] = (photo[photo.length >> 1] ?? 0) ^ 1;
  return photo;
}

/** Two frames, red then grey. */
async function animatedWebp() {
  const frames = ["#ff0000", "#808080"].map((background) =>
    sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toBuffer(),
  );
  return own(
    await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp()
      .toBuffer(),
  );
}

const ENTITIES = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><svg>&b;</svg>`;
const box = (brand: string) => latin(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mif1`);

const refused =
  (status: number, code: string) =>
  (what: string, photo: () => Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>): Case => ({
    what,
    request: async () => raw(await photo(), "application/octet-stream"),
    status,
    code,
  });
const unreadable = refused(422, "photo.unreadable");
const unsupported = refused(415, "photo.unsupported");
const tooLarge = refused(413, "photo.too_large");

/** What is no photo, or a broken one. */
export const badPhotos: Case[] = [
  unreadable("half a JPEG", () => part(jpeg(), 0.5)),
  unreadable("a JPEG without its last tenth", () => part(jpeg(), 0.9)),
  unreadable("a JPEG that ends in its header", () => part(jpeg(), 0.05)),
  unreadable("the first three bytes of a JPEG", () => latin("\xff\xd8\xff")),
  unreadable("half a PNG", () => part(png(), 0.5)),
  unreadable("a PNG's signature and nothing more", () => latin("\x89PNG\r\n\x1a\n")),
  unreadable("a PNG with a flipped bit", flipped),
  unreadable("a PNG without pixels", () => blackPng(64, 48, { hasPixels: false })),
  unreadable("half a WebP", () => part(webp(), 0.5)),
  unreadable("a WebP's header and nothing more", () => latin("RIFF\x04\0\0\0WEBP")),
  tooLarge("a PNG that claims 5,000 megapixels", () => blackPng(100_000, 50_000, { hasPixels: false })),
  tooLarge("a PNG of 100 megapixels in 12 KB", () => blackPng(10_000, 10_000)),
  tooLarge("a JPEG that claims 4,290 megapixels", () => claimingJpeg(65_500, 65_500)),
  unsupported("an animated GIF", async () =>
    own(
      await sharp(await animatedWebp(), { animated: true })
        .gif()
        .toBuffer(),
    ),
  ),
  unsupported("a TIFF", async () => own(await noisy().tiff().toBuffer())),
  unsupported("a HEIC", () => box("heic")),
  unsupported("an AVIF", () => box("avif")),
  unsupported("a film", () => box("isom")),
  unsupported("an SVG", () => latin('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')),
  unsupported("an SVG with entities in entities", () => latin(ENTITIES)),
  unsupported("an SVG that loads a file", () => latin('<svg><image href="file:///etc/passwd"/></svg>')),
  unsupported("a BMP", () => latin("BM\x46\0\0\0\0\0\0\0\x36\0\0\0")),
  unsupported("a JPEG XL", () => latin("\xff\x0a\x10\x80")),
  unsupported("a JPEG 2000", () => latin("\0\0\0\x0cjP  \r\n")),
  unsupported("a Photoshop file", () => latin("8BPS\0\x01")),
  unsupported("a PDF", () => latin("%PDF-1.7\n")),
  unsupported("a zip where one photo is due", () => latin("PK\x03\x04\x14\0")),
  unsupported("a program", () => latin("\x7fELF\x02\x01\x01")),
  unsupported("a web page", () => latin("<!DOCTYPE html><html>")),
  unsupported("text", () => latin("not a photo\n")),
  unsupported("bytes at random", () => crypto.getRandomValues(new Uint8Array(5_000)).fill(7, 0, 4)),
  unsupported("zeros", () => new Uint8Array(5_000)),
];

const fine = (
  what: string,
  photo: () => Promise<Uint8Array<ArrayBuffer>>,
  size: [number, number] = [96, 64],
): Case => ({
  what,
  request: async () => raw(await photo(), "image/jpeg"),
  status: 200,
  size,
});

/** Odd, but photos: they are answered. */
export const oddPhotos: Case[] = [
  fine("a CMYK JPEG", async () => own(await noisy().toColourspace("cmyk").jpeg().toBuffer())),
  fine("a PNG of 16 bits", async () => own(await noisy().toColourspace("rgb16").png().toBuffer())),
  fine("a grey PNG of 16 bits", async () => own(await noisy().toColourspace("grey16").png().toBuffer())),
  fine("a grey JPEG", async () => own(await noisy().toColourspace("b-w").jpeg().toBuffer())),
  fine("a PNG of one bit", async () => blackPng(96, 64)),
  fine("a PNG with a palette", async () => own(await noisy().png({ palette: true }).toBuffer())),
  fine("a PNG with transparency", async () => own(await noisy().ensureAlpha(0.5).png().toBuffer())),
  fine("a progressive JPEG", async () => own(await noisy().jpeg({ progressive: true }).toBuffer())),
  fine("a PNG that is called a JPEG", png),
  fine("an animated WebP: its first picture", animatedWebp, [64, 48]),
  fine("one pixel", async () => own(await noisy(1, 1).png().toBuffer()), [1, 1]),
  fine("a line of 20,000 pixels", async () => own(await noisy(20_000, 1).png().toBuffer()), [20_000, 1]),
  fine("a photo on its side", () => redWindow({ orientation: 6 }), [480, 640]),
  fine("a JPEG with a zip behind it", async () => own(Buffer.concat([await jpeg(), latin("PK\x03\x04")]))),
];
