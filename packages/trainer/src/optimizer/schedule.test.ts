import { describe, expect, test } from "vitest";
import { learningRates, oneCycle, plateau } from "./schedule";

describe("one cycle", () => {
  test("the learning rate rises over a quarter of the steps and falls to nearly nothing", () => {
    const rates = Array.from({ length: 101 }, (_, step) => oneCycle(step, 101, 0.5));
    expect(rates[0]).toBeCloseTo(0.02, 6); // a 25th
    expect(rates[25]).toBeCloseTo(0.5, 6);
    expect(rates[100]).toBeCloseTo(0.00005, 8);
    expect(Math.max(...rates)).toBe(rates[25]);
    // half way down: the mean of peak and end
    expect((rates[62] + rates[63]) / 2).toBeCloseTo(0.250025, 4);
  });

  test("a schedule of one step has a rate", () => {
    expect(oneCycle(0, 1, 0.5)).toBeCloseTo(0.02, 6);
  });

  test("an epoch's steps go on where those of the one before ended", () => {
    const plan = { schedule: { kind: "one_cycle" }, learningRate: 0.5 } as const;
    const records = [{ validationDice: 0.1 }, { validationDice: 0.2 }];
    const rateOf = learningRates(plan, { planned: 4, perEpoch: 10, records });
    expect([rateOf(0), rateOf(9)]).toEqual([oneCycle(20, 40, 0.5), oneCycle(29, 40, 0.5)]);
  });
});

test("a plateau of early epochs, on smaller photos, lowers nothing", () => {
  const plan = {
    schedule: { kind: "plateau", factor: 0.5, patience: 0, minimum: 0.1 },
    learningRate: 1,
  } as const;
  const rate = (early: boolean) => {
    const records = [0.5, 0.4].map((validationDice) => ({ validationDice, early }));
    return learningRates(plan, { planned: 9, perEpoch: 10, records })(0);
  };
  expect([rate(true), rate(false)]).toEqual([1, 0.5]);
});

describe("plateau", () => {
  const how = { factor: 0.5, patience: 2, minimum: 0.15 };

  test.each([
    ["before the first epoch", [], 1],
    ["while it gets better", [0.1, 0.2, 0.3, 0.4, 0.5], 1],
    ["while patience lasts", [0.5, 0.4, 0.5], 1],
    ["when it is over", [0.5, 0.4, 0.5, 0.3], 0.5],
    ["and waits anew after that", [0.5, 0.4, 0.4, 0.4, 0.4, 0.4], 0.5],
    ["until it is over again", [0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4], 0.25],
    ["a better epoch in between begins the wait anew", [0.5, 0.4, 0.4, 0.6, 0.4, 0.4], 1],
    ["never under the minimum", [0.5, ...Array<number>(30).fill(0.4)], 0.15],
  ])("%s", (_, dice, rate) => {
    expect(plateau(dice, 1, how)).toBe(rate);
  });

  test("is the same for every step of an epoch", () => {
    const plan = { schedule: { kind: "plateau", ...how }, learningRate: 0.4 } as const;
    const records = [0.5, 0.4, 0.4, 0.4].map((validationDice) => ({ validationDice }));
    const rateOf = learningRates(plan, { planned: 50, perEpoch: 10, records });
    expect([rateOf(0), rateOf(9)]).toEqual([0.2, 0.2]);
  });
});
