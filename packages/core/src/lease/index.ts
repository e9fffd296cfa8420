import * as z from "zod";
import { SluiceError } from "../errors";
import { EpochMs, RunId } from "../ids";
import type { Clock, Documents } from "../ports";
import { verb } from "../verb";

const KEY = "lease/host";
type World = { documents: Documents; clock: Clock };

/** The right to use the training host: one holder, expiring, fenced by a number that only grows. */
export const Info = z.object({
  holder: RunId.nullable(),
  fence: z.number().int().nonnegative(),
  expiresAt: EpochMs,
  /** When another run last asked for it in vain. */
  wantedAt: EpochMs,
});
export type Info = z.infer<typeof Info>;

const Holder = z.object({ holder: RunId });
const isHeldByOther = (lease: Info | undefined, holder: string, now: number) =>
  lease !== undefined && lease.holder !== null && lease.holder !== holder && lease.expiresAt > now;

/** Takes the lease, or prolongs it for its holder. Throws `host.busy` while another run holds it. */
export const acquire = verb(
  Holder.extend({ ttlMs: z.number().int().positive() }),
  ({ holder, ttlMs }, { documents, clock }: World) =>
    documents.update(KEY, Info, (current) => {
      const now = clock.now();
      if (isHeldByOther(current, holder, now)) {
        throw new SluiceError(
          "host.busy",
          `Run ${current?.holder} holds the host`,
          "It is tried again by itself.",
        );
      }
      const isStillMine = current?.holder === holder && current.expiresAt > now;
      if (isStillMine && current.expiresAt - now > ttlMs / 2) return current;
      const fence = isStillMine ? current.fence : (current?.fence ?? 0) + 1;
      const wantedAt = isStillMine ? current.wantedAt : 0; // whoever else waits asks again
      return { holder, fence, expiresAt: now + ttlMs, wantedAt };
    }),
);

/** Throws `host.busy` unless the run holds the lease now: what a step asks before it changes what serves. */
export const assertHeld = verb(Holder, async ({ holder }, { documents, clock }: World) => {
  const current = await documents.read(KEY, Info);
  if (current?.holder === holder && current.expiresAt > clock.now()) return current;
  throw new SluiceError(
    "host.busy",
    `Run ${holder} no longer holds the host`,
    `Resume it: sluice runs resume ${holder}.`,
  );
});

/** Says that a run waits for the lease, so that its holder does not stop the host in between. */
export const want = verb(Holder, ({ holder }, { documents, clock }: World) =>
  documents.update(KEY, Info, (current) => {
    if (!current || current.holder === null || current.holder === holder) {
      return current ?? { holder: null, fence: 0, expiresAt: 0, wantedAt: clock.now() };
    }
    return { ...current, wantedAt: clock.now() };
  }),
);

/** Gives the lease back; a run that does not hold it changes nothing. */
export const release = verb(Holder, ({ holder }, { documents }: World) =>
  documents.update(KEY, Info, (current) =>
    current?.holder === holder
      ? { ...current, holder: null, expiresAt: 0 }
      : (current ?? { holder: null, fence: 0, expiresAt: 0, wantedAt: 0 }),
  ),
);

export const current = ({ documents }: World) => documents.read(KEY, Info);
