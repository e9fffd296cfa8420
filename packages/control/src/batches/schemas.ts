import { isInBatch, isJunk, whyUnsafe } from "@sluice/core/batch/names";
import { Origin } from "@sluice/core/batch/origin";
import { Refusal } from "@sluice/core/batch/refusal";
import { BatchId, RunId, Sha256 } from "@sluice/core/ids";
import { Outcome } from "@sluice/core/run/index";
import { MaskPolicy } from "@sluice/core/settings/index";
import { Report } from "@sluice/core/validation/report";
import * as z from "zod";
import type { Limits } from "../deps";

/** A batch's runs are named after it. */
export const Batch = BatchId.refine(
  (batch) => RunId.safeParse(`${batch}-1`).success,
  "a batch id here is small letters, digits and dashes, 70 at most",
).max(70);
export const ofBatch = z.object({ batch: Batch });

const FileName = z.string().superRefine((name, ctx) => {
  const unsafe = whyUnsafe(name);
  if (unsafe) ctx.addIssue(`${JSON.stringify(name.slice(0, 200))} ${unsafe}`);
  else if (!isInBatch(name) || isJunk(name)) ctx.addIssue(`${name} is neither in images/ nor in masks/`);
});

const bytesUpTo = (limit: number) =>
  z
    .number()
    .int()
    .positive()
    .max(limit, `over ${Math.floor(limit / 2 ** 20)} MiB`);

/** Files of a batch, or the zip that it is. */
export const announcement = ({ filesAtOnce, fileBytes, zipBytes }: Limits) => {
  const File = z.object({ name: FileName, bytes: bytesUpTo(fileBytes), sha256: Sha256.optional() });
  const Zip = z.object({ bytes: bytesUpTo(zipBytes), sha256: Sha256.optional() });
  return z
    .object({
      batch: Batch.optional(),
      files: z.array(File).max(filesAtOnce, `at most ${filesAtOnce} at once`).optional(),
      zip: Zip.optional(),
    })
    .refine(({ files, zip }) => (files === undefined) !== (zip === undefined), "give files, or a zip");
};
export type Announcement = z.infer<ReturnType<typeof announcement>>;
export type AnnouncedFile = { name: string; bytes: number };

export const UploadAnswer = z.object({
  method: z.enum(["POST", "PUT"]),
  url: z.string(),
  fields: z.record(z.string(), z.string()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  expiresAt: z.number(),
});

export const AnnounceAnswer = z.object({
  batch: Batch,
  /** Nothing is left to be sent. */
  isComplete: z.boolean(),
  /** How each file is sent; null: it is there already. */
  files: z.array(z.object({ name: z.string(), upload: UploadAnswer.nullable() })),
  zip: UploadAnswer.nullable(),
});
export type AnnounceAnswer = z.infer<typeof AnnounceAnswer>;

export const Completion = z.object({
  /** How grey masks are read; else as the stage is set. */
  masks: MaskPolicy.optional(),
  /** What was left behind on the way: it rejects the batch, and its report names it. */
  refusals: z.array(Refusal).max(1_000).optional(),
  /** The commit that brought it: what is said about the batch is said there. */
  origin: Origin.optional(),
});
export type Completion = z.infer<typeof Completion>;
export const CompleteAnswer = z.object({ batch: Batch, isComplete: z.literal(true) });

export const BatchAnswer = z.object({
  batch: Batch,
  isComplete: z.boolean(),
  /** Oldest first. */
  runs: z.array(z.object({ id: z.string(), outcome: Outcome.nullable() })),
  /** Null until it is validated. */
  report: Report.nullable(),
});
export type BatchAnswer = z.infer<typeof BatchAnswer>;
