import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { drawnPhoto } from "../dataset/testing";
import { upright } from "../photo";
import { NEAR_BITS, phashDistance } from "./near";
import { perceptualHash, thumbnail } from "./phash";

const hashOf = async (photo: Buffer) => perceptualHash(await thumbnail(await upright(photo, "a")));

test("a ramp to the right has its one bit in the first row, second column", () => {
  const ramp = Uint8Array.from({ length: 32 * 32 }, (_, i) => 255 - (i % 32) * 8);
  // Even rows and columns of a ramp's DCT vanish; of the first row 1, 3, 5 and 7 are positive for a falling ramp.
  expect(perceptualHash(ramp).slice(0, 2)).toBe("55");
});

test("an even picture hashes to nothing", () => {
  expect(perceptualHash(new Uint8Array(32 * 32))).toBe("0000000000000000");
});

test("the distance counts the bits that differ", () => {
  expect(phashDistance("0000000000000000", "ffffffffffffffff")).toBe(64);
  expect(phashDistance("8000000000000001", "0000000000000000")).toBe(2);
  expect(phashDistance("00000000f0000000", "00000000e0000000")).toBe(1);
});

const CHANGES: [string, (photo: Sharp) => Sharp][] = [
  ["a poor JPEG", (photo) => photo.jpeg({ quality: 30 })],
  ["a WebP", (photo) => photo.webp()],
  ["half its size", (photo) => photo.resize(32, 32).png()],
  ["three times its size", (photo) => photo.resize(192, 192).png()],
  ["brighter", (photo) => photo.linear(1, 15).png()],
  ["darker", (photo) => photo.linear(0.6, 0).png()],
  ["blurred", (photo) => photo.blur(1.5).png()],
];

test.each(CHANGES)("%s is near what it was made of", async (_, change) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const photo = await drawnPhoto(seed);
    const other = await change(sharp(photo)).toBuffer();
    expect(phashDistance(await hashOf(photo), await hashOf(other))).toBeLessThanOrEqual(NEAR_BITS);
  }
});

test("different pictures are far from each other", async () => {
  const hashes = await Promise.all(Array.from({ length: 30 }, async (_, i) => hashOf(await drawnPhoto(i))));
  const distances = hashes.flatMap((a, i) => hashes.slice(i + 1).map((b) => phashDistance(a, b)));
  expect(Math.min(...distances)).toBeGreaterThan(NEAR_BITS);
});
