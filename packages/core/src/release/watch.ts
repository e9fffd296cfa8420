import * as z from "zod";
import { EpochMs, ModelNumber } from "../ids";
import type { ProcessMetrics } from "../ports";
import { Counters, countersOf, figuresBetween, figuresOf, Replayed } from "./figures";
import type { Observation } from "./judge";

const ofBoth = <S extends z.ZodType>(schema: S) => z.object({ champion: schema, canary: schema });

/** What a run remembers between two looks at its canary. */
export const Watch = z.object({
  champion: ModelNumber,
  canary: ModelNumber,
  outAt: EpochMs,
  /** Of the strategy, from 0. */
  phase: z.number().int().nonnegative(),
  /** Null until the canary is loaded: the window begins then, with the counters as they stood. */
  begun: z.object({ at: EpochMs, counters: ofBoth(z.array(Counters)) }).nullable(),
  replayed: ofBoth(z.array(Replayed)),
});
export type Watch = z.infer<typeof Watch>;

type Models = Pick<Watch, "champion" | "canary">;

export const startWatch = (models: Models, outAt: number): Watch => ({
  ...models,
  outAt,
  phase: 0,
  begun: null,
  replayed: { champion: [], canary: [] },
});

/** A window that begins now. */
export const beginPhase = (watch: Watch, phase: number, at: number, metrics: ProcessMetrics[]): Watch => ({
  ...watch,
  phase,
  begun: { at, counters: countersOfBoth(watch, metrics) },
  replayed: { champion: [], canary: [] },
});

const countersOfBoth = ({ champion, canary }: Models, metrics: ProcessMetrics[]) => ({
  champion: countersOf(metrics, { version: champion, role: "champion" }),
  canary: countersOf(metrics, { version: canary, role: "canary" }),
});

/** What came in the window until now. */
export function observe(watch: Watch, metrics: ProcessMetrics[]): Observation {
  const now = countersOfBoth(watch, metrics);
  const before = watch.begun?.counters ?? now;
  return {
    live: {
      champion: figuresBetween(before.champion, now.champion),
      canary: figuresBetween(before.canary, now.canary),
    },
    replayed: {
      champion: figuresOf(watch.replayed.champion),
      canary: figuresOf(watch.replayed.canary),
    },
  };
}
