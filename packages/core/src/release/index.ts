import * as z from "zod";
import { SluiceError } from "../errors";
import { Fraction, ModelNumber } from "../ids";
import { verb } from "../verb";
import { changed, type ReleaseWorld } from "./log";

export { deployChampion } from "./champion";
export {
  Counters,
  countersOf,
  Figures,
  figuresBetween,
  figuresOf,
  Replayed,
  toReplayed,
} from "./figures";
export { CanaryVerdict, judge, judgeEarly, Observation, seen } from "./judge";
export { current, history, Info } from "./log";
export { type Phase, phasesOf } from "./phases";
export { Role, roleOf } from "./role";
export { beginPhase, observe, startWatch, Watch } from "./watch";

/** Who and why, for the record of releases. */
const cause = { reason: z.string(), by: z.string().default("sluice") };

/** Sends all traffic to one model (null: to none). Saying it again changes nothing. */
export const full = verb(
  z.object({ model: ModelNumber.nullable(), ...cause }),
  ({ model, ...cause }, world: ReleaseWorld) =>
    changed(cause, world, (now) =>
      now?.champion === model && now.canary === null ? null : { champion: model, canary: null, weight: 0 },
    ),
);

/**
 * Puts a canary beside the champion, or changes its weight. Saying it again changes nothing.
 *
 * Throws `release.conflict` when another champion serves, or another canary is out.
 */
export const canary = verb(
  z.object({ model: ModelNumber, champion: ModelNumber, weight: Fraction, ...cause }),
  ({ model, champion, weight, ...cause }, world: ReleaseWorld) =>
    changed(cause, world, (now) => {
      if (now?.champion !== champion)
        throw conflict(`model ${now?.champion ?? "none"} serves`, model, champion);
      if (now.canary !== null && now.canary !== model)
        throw conflict(`model ${now.canary} is the canary`, model, champion);
      return now.canary === model && now.weight === weight ? null : { champion, canary: model, weight };
    }),
);

/** Takes a canary back; the champion answers everything again. No change where it is not out (any more). */
export const withdraw = verb(
  z.object({ model: ModelNumber, ...cause }),
  ({ model, ...cause }, world: ReleaseWorld) =>
    changed(cause, world, (now) =>
      now?.canary === model ? { champion: now.champion, canary: null, weight: 0 } : null,
    ),
);

const conflict = (found: string, model: number, champion: number) =>
  new SluiceError(
    "release.conflict",
    `Model ${model} was to go out beside champion ${champion}, but ${found}`,
    `If ${champion} should serve: sluice models rollback ${champion}. Then push the batch again.`,
  );
