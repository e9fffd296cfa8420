import { expect, test } from "vitest";
import { askBothViews, askMirrored } from "./views";

const SIZE = { width: 5, height: 5 };
const AREA = 25;
/** Every pixel has colours of its own. */
const picture = Uint8Array.from({ length: 3 * AREA }, (_, i) => i);

/** Answers each pixel's own blue value: right for whatever it is shown. */
const blue = async (pictures: Uint8Array) =>
  Float32Array.from({ length: pictures.length / 3 }, (_, i) => pictures[3 * i + 2] / 255);

test("views are turned back: what a network says of a pixel is that pixel's", async () => {
  const answer = await askBothViews(blue, picture, SIZE);
  for (let i = 0; i < AREA; i++) expect(answer[i]).toBeCloseTo(picture[3 * i + 2] / 255, 5);
});

test("the views differ, and each is shown once", async () => {
  const shown: string[] = [];
  const watch = async (pictures: Uint8Array) => {
    for (let i = 0; i < pictures.length; i += picture.length)
      shown.push(pictures.slice(i, i + picture.length).join());
    return blue(pictures);
  };
  await askBothViews(watch, picture, SIZE);
  expect(new Set(shown).size).toBe(2);
});

test("each view counts half", async () => {
  const onlyThe = (view: number) => async (pictures: Uint8Array) =>
    Float32Array.from({ length: pictures.length / 3 }, (_, i) => Number(Math.floor(i / AREA) === view));
  for (const view of [0, 1]) {
    const answer = await askBothViews(onlyThe(view), picture, SIZE);
    for (const p of answer) expect(p).toBeCloseTo(0.5, 5);
  }
});

test("the answer to the first view is used, not asked for again", async () => {
  let shown = 0;
  // Another answer to each view, so that each counts.
  const ask = async (pictures: Uint8Array) => {
    shown += pictures.length / picture.length;
    return Float32Array.from(
      { length: pictures.length / 3 },
      (_, i) => (pictures[3 * i] / 255) * (0.5 + (i % AREA) / 30),
    );
  };
  const first = await ask(picture);
  const others = await askMirrored(ask, picture, SIZE, first);
  expect(shown).toBe(2);
  const all = await askBothViews(ask, picture, SIZE);
  for (let i = 0; i < AREA; i++) expect(others[i]).toBeCloseTo(all[i], 6);
});

test("a picture that is no square is mirrored", async () => {
  const wide = { width: 4, height: 2 };
  const answer = await askBothViews(
    async (pictures) => Float32Array.from({ length: pictures.length / 3 }, (_, i) => pictures[3 * i]),
    Uint8Array.from({ length: 24 }, (_, i) => i),
    wide,
  );
  for (let i = 0; i < 8; i++) expect(answer[i]).toBeCloseTo(3 * i, 5);
});
