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

/** What `/predict` of the Service answered, by `sluice-pods predict`. */
export const Predicted = z.object({ status: z.number().int(), body: z.unknown() });
