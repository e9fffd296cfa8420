import { Photo, type Size } from "@sluice/core";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { locateWindow } from "./locate";
import type { Network } from "./views";

const LOCATOR = {
  role: "locator",
  file: "a.onnx",
  sha256: "0".repeat(64),
  bytes: 1,
  width: 64,
  height: 64,
} as const;
const PHOTO = { width: 320, height: 240 };

interface Patch extends Size {
  left: number;
  top: number;
  colour: "red" | "green";
}
async function viewOf(...patches: Patch[]): Promise<Photo.View> {
  const create = { ...PHOTO, channels: 3 as const, background: "black" };
  const input = ({ width, height, colour }: Patch) => ({
    create: { width, height, channels: 3 as const, background: { r: 0, g: 0, b: 0, [colour[0]]: 255 } },
  });
  const drawn = sharp({ create }).composite(
    patches.map((patch) => ({ input: input(patch), left: patch.left, top: patch.top })),
  );
  return Photo.view(await drawn.png().toBuffer(), "patches.png");
}
const locate = (view: Photo.View, ask: Network) =>
  locateWindow(view, Photo.fitted(view, LOCATOR), LOCATOR, 0.5, ask);

/** What it makes of the red and of the green, by how often it was asked before. */
function colours(sure: (asked: number) => { red: number; green: number }): Network {
  let asked = 0;
  return async (pictures) => {
    const { red, green } = sure(asked++);
    return Float32Array.from({ length: pictures.length / 3 }, (_, i) =>
      pictures[3 * i] > 127 ? red : pictures[3 * i + 1] > 127 ? green : 0.001,
    );
  };
}
/** To the locator's own pixels, of 5 by 3.75 of the photo's. */
const expectAbout = (found: number | undefined, wanted: number) =>
  expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThan(3);
const unsure = colours(() => ({ red: 0.6, green: 0.6 }));

describe("where the first answer is not clear, the part around it is looked at again", () => {
  test.each([
    ["in the middle", 120, 100],
    ["in a corner", 0, 0],
    ["in the other corner", 260, 210],
  ])("a window %s is where it is", async (_, left, top) => {
    const view = await viewOf({ left, top, width: 60, height: 30, colour: "green" });
    const looks: number[] = [];
    const found = await locate(view, (pictures) => {
      looks.push(pictures.length / (3 * 64 * 64));
      return unsure(pictures);
    });
    expect(looks).toEqual([1, 1, 2]);
    expectAbout(found?.x, left + 30);
    expectAbout(found?.y, top + 15);
    expectAbout(found?.length, 60);
    expectAbout(found?.breadth, 30);
  });

  test("and counts as much as the whole", async () => {
    const view = await viewOf(
      { left: 60, top: 80, width: 70, height: 40, colour: "red" },
      { left: 160, top: 80, width: 60, height: 30, colour: "green" },
    );
    const convinced = colours((asked) => ({ red: asked < 2 ? 0.6 : 0.01, green: 0.6 }));
    expectAbout((await locate(view, convinced))?.x, 190);
    expectAbout((await locate(view, unsure))?.x, 95);
  });

  test("and the whole as much as the part", async () => {
    const view = await viewOf(
      { left: 60, top: 80, width: 70, height: 40, colour: "red" },
      { left: 160, top: 80, width: 60, height: 30, colour: "green" },
    );
    const contrary = colours((asked) => (asked < 2 ? { red: 0.7, green: 0.3 } : { red: 0.3, green: 0.6 }));
    expectAbout((await locate(view, contrary))?.x, 95); // by the part alone it were the green one
  });

  test("and cannot take back what was found", async () => {
    const view = await viewOf({ left: 120, top: 100, width: 60, height: 30, colour: "green" });
    const dispirited = colours((asked) => ({ red: 0, green: asked < 2 ? 0.4 : 0.01 }));
    expectAbout((await locate(view, dispirited))?.x, 150);
  });

  test("unless it does not fit into a part", async () => {
    const view = await viewOf({ left: 10, top: 100, width: 300, height: 40, colour: "green" });
    const found = await locate(view, unsure);
    expectAbout(found?.x, 160);
    expectAbout(found?.length, 300);
  });

  test("unless nothing was found", async () => {
    let asked = 0;
    const blind: Network = async (pictures) => {
      asked++;
      return new Float32Array(pictures.length / 3).fill(0.001);
    };
    expect(await locate(await viewOf(), blind)).toBeNull();
    expect(asked).toBe(2); // as it is, and in its other views
  });
});
