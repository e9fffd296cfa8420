import { SluiceError } from "@sluice/core";

/** What one request's body takes of the memory for all of them. */
export interface Account {
  /** Throws `serving.busy` when there is no more. */
  take(bytes: number): void;
}

/** A bound on the memory of the bodies that are being read or answered, however many clients send them. */
export interface Uploads {
  /** What the work takes is given back when its promise ends. */
  hold<T>(work: (account: Account) => Promise<T>): Promise<T>;
  bytes(): number;
}

export function createUploads(limitBytes: number): Uploads {
  let held = 0;
  return {
    bytes: () => held,
    async hold(work) {
      let own = 0;
      const take = (bytes: number) => {
        if (held + bytes > limitBytes) throw tooMany(limitBytes);
        held += bytes;
        own += bytes;
      };
      try {
        return await work({ take });
      } finally {
        held -= own;
      }
    },
  };
}

const tooMany = (limitBytes: number) =>
  new SluiceError(
    "serving.busy",
    `The photos under way have ${Math.round(limitBytes / 1e6)} MB already, which is the limit`,
    "Try again in a second.",
  );
