import type { Slots } from "./slots";

/**
 * Works on a request's photos, one in the request's own slot, and further ones in slots that nobody else wants:
 * each of these is given back after its photo, so that a batch keeps no one waiting longer.
 *
 * @param work is begun in the photos' order, with the photo's number; never rejects
 * @param isOver nothing more is begun then
 */
export async function inLanes(
  count: number,
  slots: Slots,
  work: (index: number) => Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  let next = 0;
  const isLeft = () => next < count && !isOver();
  const others: Promise<void>[] = [];
  const useSpareSlots = () => {
    while (isLeft()) {
      const begun = slots.spare(() => work(next++));
      if (!begun) return;
      others.push(begun.then(useSpareSlots));
    }
  };
  while (isLeft()) {
    const own = work(next++);
    useSpareSlots();
    await own;
  }
  await Promise.all(others);
}

/** Hands on what comes in any order in the order of its numbers, from 0, each as soon as all before it are there. */
export function inOrder<T extends object>(hand: (thing: T, index: number) => void) {
  const early = new Map<number, T>();
  let next = 0;
  return (thing: T, index: number): void => {
    early.set(index, thing);
    for (let due = early.get(next); due; due = early.get(next)) {
      early.delete(next);
      hand(due, next++);
    }
  };
}
