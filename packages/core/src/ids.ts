import * as z from "zod";

/** One execution of the pipeline: the batch's digest and the attempt, `3f9c2a1b04de-1`. */
export const RunId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,79}$/, "a run id is letters, digits and dashes");
export type RunId = z.infer<typeof RunId>;

/** The name that a photo and its mask share: their file name without the extension. */
export const PairId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^/\\\0]+$/, "a pair id has no path separators")
  .refine((id) => !id.startsWith("."), "a pair id does not start with a dot");
export type PairId = z.infer<typeof PairId>;

export const BatchId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/, "a batch id is a plain name");
export type BatchId = z.infer<typeof BatchId>;

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hex");
/** A dataset version is the SHA-256 of its manifest. */
export const DatasetVersion = Sha256;
export type DatasetVersion = z.infer<typeof DatasetVersion>;

export const ModelNumber = z.number().int().positive();
export const EpochMs = z.number().int().nonnegative();
export const Fraction = z.number().min(0).max(1);
