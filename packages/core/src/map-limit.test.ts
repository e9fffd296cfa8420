import { expect, test } from "vitest";
import { mapLimit } from "./map-limit";

test("at most so many at once, results in order", async () => {
  let running = 0;
  let most = 0;
  const results = await mapLimit([5, 1, 3, 2, 4], 2, async (n) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, n));
    running -= 1;
    return n * 10;
  });
  expect(results).toEqual([50, 10, 30, 20, 40]);
  expect(most).toBe(2);
});

test("after a failure nothing more is begun", async () => {
  const begun: number[] = [];
  const all = mapLimit([1, 2, 3, 4, 5, 6], 2, async (n) => {
    begun.push(n);
    await Promise.resolve();
    if (n === 2) throw new Error("two");
  });
  await expect(all).rejects.toThrow("two");
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(begun.length).toBeLessThan(6);
});
