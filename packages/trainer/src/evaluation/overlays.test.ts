import { imageScoring } from "@sluice/core/evaluation/testing";
import { expect, test } from "vitest";
import { extremes } from "./overlays";

const images = (...dice: number[]) => dice.map((score, i) => imageScoring(`p${i}`, score));
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

test("of a few photos the worse half are the worst", () => {
  const { worst, best } = extremes(images(0.9, 0.1, 0.5));
  expect([ids(worst), ids(best)]).toEqual([["p1", "p2"], ["p0"]]);
});

test("of many ten are the worst and six the best", () => {
  const { worst, best } = extremes(images(...Array.from({ length: 20 }, (_, i) => i / 20)));
  expect(ids(worst)).toEqual(["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"]);
  expect(ids(best)).toEqual(["p19", "p18", "p17", "p16", "p15", "p14"]);
});
