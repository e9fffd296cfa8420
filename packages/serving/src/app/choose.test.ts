import { expect, test } from "vitest";
import { choose, standIn } from "./choose";
import type { LoadedModel, Models } from "./deps";

const model = (number: number) => ({ number }) as LoadedModel;
const both = (weight: number): Models => ({ champion: model(1), canary: model(2), weight });
const share = (models: Models) =>
  Array.from({ length: 1_000 }, (_, i) => choose(models, `id-${i}`)?.model.number).filter((n) => n === 2)
    .length;

test("the canary answers its share, the champion the rest", () => {
  expect(share(both(0.1))).toBeGreaterThan(70);
  expect(share(both(0.1))).toBeLessThan(130);
  expect(share(both(0))).toBe(0);
  expect(share(both(1))).toBe(1_000);
});

test("a request that names its role gets that model at any weight, and counts as replay", () => {
  expect(choose(both(0), "id", "canary")).toEqual({ role: "canary", model: model(2), traffic: "replay" });
  expect(choose(both(1), "id", "champion")).toEqual({ role: "champion", model: model(1), traffic: "replay" });
  expect(choose({ champion: model(1), weight: 0 }, "id", "canary")).toBeUndefined();
  expect(choose(both(0), "id", "nonsense")).toMatchObject({ role: "champion", traffic: "live" });
});

test("where one of the two is missing, the other answers all", () => {
  expect(choose({ champion: model(1), weight: 1 }, "id")).toMatchObject({ role: "champion" });
  expect(choose({ canary: model(2), weight: 0.1 }, "id")).toMatchObject({ role: "canary" });
  expect(choose({ weight: 0.1 }, "id")).toBeUndefined();
});

test("the champion stands in for a canary that fails, not for itself and not in a replay", () => {
  const models = both(1);
  expect(standIn(models, choose(models, "id")!)).toMatchObject({ role: "champion", model: model(1) });
  expect(standIn(models, choose(models, "id", "canary")!)).toBeUndefined();
  expect(standIn(models, choose(both(0), "id")!)).toBeUndefined();
});
