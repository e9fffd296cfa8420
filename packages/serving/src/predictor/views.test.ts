import { expect, test } from "vitest";
import { ALL_VIEWS, askOtherViews, askViews, UPRIGHT_VIEWS } from "./views";

const SIZE = { width: 5, height: 5 };
const AREA = 25;
/** Every pixel of each plane has a value of its own, within 0..1. */
const planes = Float32Array.from({ length: 3 * AREA }, (_, i) => i / 100);
const logit = (p: number) => Math.log(p / (1 - p));

/** Answers each pixel's own blue value: right for whatever it is shown. */
const blue = async (photos: Float32Array) =>
  Float32Array.from({ length: photos.length / 3 }, (_, i) =>
    logit(photos[Math.floor(i / AREA) * 3 * AREA + 2 * AREA + (i % AREA)]),
  );

test.each([
  ["upright", UPRIGHT_VIEWS],
  ["all", ALL_VIEWS],
])("%s views are turned back: what a network says of a pixel is that pixel's", async (_, views) => {
  const answer = await askViews(blue, planes, SIZE, views);
  for (let i = 0; i < AREA; i++) expect(answer[i]).toBeCloseTo(planes[2 * AREA + i], 5);
});

test("the views differ, and each is shown once", async () => {
  const shown: string[] = [];
  const watch = async (photos: Float32Array) => {
    for (let i = 0; i < photos.length; i += 3 * AREA) shown.push(photos.slice(i, i + AREA).join());
    return blue(photos);
  };
  await askViews(watch, planes, SIZE, ALL_VIEWS);
  expect(new Set(shown).size).toBe(4);
});

test("a view counts by its weight", async () => {
  const onlyThe = (view: number) => async (photos: Float32Array) =>
    Float32Array.from({ length: photos.length / 3 }, (_, i) => (Math.floor(i / AREA) === view ? 20 : -20));
  for (const [view, { weight }] of ALL_VIEWS.entries()) {
    const answer = await askViews(onlyThe(view), planes, SIZE, ALL_VIEWS);
    for (const p of answer) expect(p).toBeCloseTo(weight, 5);
  }
  expect(ALL_VIEWS.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test.each([
  ["upright", UPRIGHT_VIEWS],
  ["all", ALL_VIEWS],
])("%s views: the answer to the first is used, not asked for again", async (_, views) => {
  let shown = 0;
  // Another answer to each view, so that each counts.
  const ask = async (photos: Float32Array) => {
    shown += photos.length / (3 * AREA);
    return Float32Array.from({ length: photos.length / 3 }, (_, i) => {
      const at = Math.floor(i / AREA) * 3 * AREA + (i % AREA);
      return logit(0.05 + photos[at] * (0.5 + (i % AREA) / 30));
    });
  };
  const first = (await ask(planes)).map((value) => 1 / (1 + Math.exp(-value)));
  const others = await askOtherViews(ask, planes, SIZE, views, first);
  expect(shown).toBe(views.length);
  const all = await askViews(ask, planes, SIZE, views);
  for (let i = 0; i < AREA; i++) expect(others[i]).toBeCloseTo(all[i], 6);
});

test("a picture that is no square is mirrored", async () => {
  const wide = { width: 4, height: 2 };
  const answer = await askViews(
    async (photos) =>
      Float32Array.from({ length: photos.length / 3 }, (_, i) =>
        logit(photos[Math.floor(i / 8) * 24 + (i % 8)]),
      ),
    Float32Array.from({ length: 24 }, (_, i) => (i + 1) / 30),
    wide,
    UPRIGHT_VIEWS,
  );
  for (let i = 0; i < 8; i++) expect(answer[i]).toBeCloseTo((i + 1) / 30, 5);
});
