import sharp from "sharp";
import { expect, test } from "vitest";
import { paint, renderOverlay } from "./overlay";

test("outlines the mask in full colour, tints its inside and leaves the rest", () => {
  const pixels = { data: Buffer.alloc(5 * 5 * 3, 100), width: 5, height: 5 };
  const mask = Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  paint(pixels, [{ mask, colour: [200, 0, 0], tint: 0.5 }]);
  const at = (x: number, y: number) => [...pixels.data.subarray(3 * (5 * y + x), 3 * (5 * y + x) + 3)];
  expect(at(0, 0)).toEqual([100, 100, 100]);
  expect(at(1, 1)).toEqual([200, 0, 0]);
  expect(at(2, 2)).toEqual([150, 50, 50]);
});

test("renders the upright photo as JPEG", async () => {
  const photo = await sharp({ create: { width: 40, height: 20, channels: 3, background: "#888" } })
    .jpeg()
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const overlay = await renderOverlay(photo, new Uint8Array(20 * 40), "a.jpg");
  expect(await sharp(overlay).metadata()).toMatchObject({ format: "jpeg", width: 20, height: 40 });
});
