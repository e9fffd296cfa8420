import { expect, test } from "vitest";
import { inLanes, inOrder } from "./lanes";
import { createSlots } from "./slots";

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** Works by number that end when they are told to. */
function works() {
  const begun: number[] = [];
  const finish = new Map<number, () => void>();
  return {
    begun,
    work: (index: number) => {
      begun.push(index);
      return new Promise<void>((resolve) => finish.set(index, resolve));
    },
    end: async (...indices: number[]) => {
      for (const index of indices) finish.get(index)?.();
      await soon();
    },
  };
}
const never = () => false;

test("a batch that is alone has a photo in every slot, begun in their order", async () => {
  const slots = createSlots({ atOnce: 3, waiting: 1 });
  const { work, begun, end } = works();
  const batch = slots.run(() => inLanes(6, slots, work, never));
  await soon();
  expect([begun, slots.taken()]).toEqual([[0, 1, 2], 3]);
  await end(1);
  await end(0);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
  await end(2, 3, 4);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  await end(5);
  await batch;
  expect(slots.taken()).toBe(0);
});

test("who comes meanwhile waits for one photo, not for the batch", async () => {
  const slots = createSlots({ atOnce: 2, waiting: 1 });
  const { work, begun, end } = works();
  const batch = slots.run(() => inLanes(4, slots, work, never));
  await soon();
  const other = works();
  const answered = slots.run(() => other.work(0));
  await end(0); // in the batch's own slot, which it keeps
  expect([begun, other.begun]).toEqual([[0, 1, 2], []]);
  await end(1);
  expect([begun, other.begun]).toEqual([[0, 1, 2], [0]]);
  await other.end(0);
  await answered;
  await end(2);
  expect(begun).toEqual([0, 1, 2, 3]);
  await end(3);
  await batch;
});

test("nothing is begun when it is over, and what has begun is waited for", async () => {
  const slots = createSlots({ atOnce: 2, waiting: 0 });
  const { work, begun, end } = works();
  let [isOver, hasEnded] = [false, false];
  const batch = slots.run(() => inLanes(9, slots, work, () => isOver)).then(() => (hasEnded = true));
  await soon();
  isOver = true;
  await end(0);
  expect([begun, hasEnded]).toEqual([[0, 1], false]);
  await end(1);
  await batch;
  expect([begun, slots.taken()]).toEqual([[0, 1], 0]);
});

test("what comes in any order is handed on in its own", () => {
  const handed: string[] = [];
  const take = inOrder<{ name: string }>(({ name }, index) => handed.push(`${index}${name}`));
  take({ name: "c" }, 2);
  take({ name: "b" }, 1);
  expect(handed).toEqual([]);
  take({ name: "a" }, 0);
  take({ name: "d" }, 3);
  expect(handed).toEqual(["0a", "1b", "2c", "3d"]);
});
