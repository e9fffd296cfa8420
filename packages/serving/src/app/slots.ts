import { SluiceError } from "@sluice/core";

/** A bound on how many requests do the costly part at once. */
export interface Slots {
  /** Throws `serving.busy` at once when all are taken: nobody queues here. */
  run<T>(work: () => Promise<T>): Promise<T>;
  taken(): number;
}

export function createSlots(limit: number): Slots {
  let taken = 0;
  return {
    taken: () => taken,
    async run(work) {
      if (taken >= limit) {
        throw new SluiceError(
          "serving.busy",
          `${taken} requests are being answered already, which is the limit`,
          "Try again in a second.",
        );
      }
      taken++;
      try {
        return await work();
      } finally {
        taken--;
      }
    },
  };
}
