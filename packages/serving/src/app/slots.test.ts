import { expect, test } from "vitest";
import { createSlots } from "./slots";

/** A work that ends when it is told to. */
function work() {
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { run: () => ended, finish };
}
const soon = () => new Promise((resolve) => setImmediate(resolve));

test("what is over the slots waits its turn, and what is over the queue is refused", async () => {
  const slots = createSlots({ atOnce: 1, waiting: 2 });
  const works = [work(), work(), work()];
  const done: number[] = [];
  const runs = works.map(({ run }, i) => slots.run(run).then(() => done.push(i)));
  await expect(slots.run(async () => 0)).rejects.toMatchObject({
    code: "serving.busy",
    message: "3 requests are being answered already, which is the limit",
    hint: "Try again in a second.",
    retryAfterSeconds: 1,
  });
  expect([slots.taken(), slots.waiting()]).toEqual([1, 2]);

  works[2].finish(); // has not begun: it ends third all the same
  works[0].finish();
  await runs[0];
  await soon();
  expect([done, slots.taken(), slots.waiting()]).toEqual([[0], 1, 1]);
  works[1].finish();
  await Promise.all(runs);
  expect([done, slots.taken(), slots.waiting()]).toEqual([[0, 1, 2], 0, 0]);
});

test("a work that fails gives its slot to the next", async () => {
  const slots = createSlots({ atOnce: 1, waiting: 1 });
  const failing = slots.run(() => Promise.reject(new Error("no")));
  const next = slots.run(async () => "yes");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
  expect(slots.taken()).toBe(0);
});

test("who is refused is told how long the queue takes at the recent pace", async () => {
  let nowMs = 0;
  const slots = createSlots({ atOnce: 2, waiting: 4, nowMs: () => nowMs });
  for (let i = 0; i < 3; i++) {
    await slots.run(async () => {
      nowMs += 3_000;
    });
  }
  const works = Array.from({ length: 6 }, work);
  const runs = works.map(({ run }) => slots.run(run));
  // Six at 3 s each, two at once.
  await expect(slots.run(async () => 0)).rejects.toMatchObject({
    retryAfterSeconds: 9,
    hint: "Try again in 9 s.",
  });
  for (const { finish } of works) finish();
  await Promise.all(runs);
});
