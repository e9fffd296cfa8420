import * as z from "zod";
import { EpochMs, Fraction, ModelNumber } from "../ids";
import type { Clock, Documents } from "../ports";
import { verb } from "../verb";

export { Role, roleOf } from "./role";

const KEY = "release/current";

/** What serves. The serving process follows this document: a new model moves without a restart. */
export const Info = z.object({
  /** Null: nothing serves yet, or the first model did not hold. */
  champion: ModelNumber.nullable(),
  canary: ModelNumber.nullable(),
  /** Share of requests that the canary answers. */
  weight: Fraction,
  reason: z.string(),
  at: EpochMs,
});
export type Info = z.infer<typeof Info>;

export const current = ({ documents }: { documents: Documents }) => documents.read(KEY, Info);

/** Sends all traffic to one model (null: to none). Saying it again changes nothing. */
export const full = verb(
  z.object({ model: ModelNumber.nullable(), reason: z.string() }),
  ({ model, reason }, { documents, clock }: { documents: Documents; clock: Clock }) =>
    documents.update(KEY, Info, (now) =>
      now?.champion === model && now.canary === null
        ? now
        : { champion: model, canary: null, weight: 0, reason, at: clock.now() },
    ),
);
