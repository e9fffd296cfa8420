import * as z from "zod";

/** One pod, asked by `sluice-pods look` on the host. */
export const Pod = z.object({
  name: z.string(),
  image: z.string(),
  /** The body of `/ready`, whatever it is; null: it did not answer. */
  ready: z.unknown(),
  /** Prometheus' text; null: it did not answer. */
  metrics: z.string().nullable(),
});
export type Pod = z.infer<typeof Pod>;

/** Every pod that is not on its way out. */
export const Look = z.object({ pods: z.array(Pod) });
export type Look = z.infer<typeof Look>;

/** What `/predict` of the Service answered. */
export const Answered = z.object({ status: z.number().int(), body: z.unknown().optional() });
export type Answered = z.infer<typeof Answered>;

/** Photo by photo, by `sluice-pods predict`. */
export const Predicted = z.object({ answers: z.array(Answered) });

/** Where a photo is put for the pods, by its SHA-256. */
export const photoKey = (sha256: string): string => `commands/photos/${sha256}`;
