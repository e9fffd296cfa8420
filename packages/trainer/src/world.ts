import type { Blobs, Clock } from "@sluice/core";

export interface TrainerWorld {
  blobs: Blobs;
  clock: Clock;
  /** Where decoded photos lie from one training to the next; absent, they are decoded for each. */
  cacheFolder?: string;
}
export interface TrainOptions {
  /** Aborted: stops after the step at hand; the last epoch's checkpoint stays. */
  signal?: AbortSignal;
  /** Takes one plain line per epoch and phase. */
  log?(line: string): void;
}
