import * as z from "zod";

/** Why an entry of a folder or zip is not taken along. */
export const REFUSALS = [
  "duplicate_id",
  "file_too_large",
  "link_outside",
  "unreadable",
  "unsafe_name",
  "zip_bomb",
  "zip_damaged",
  "zip_encrypted",
  "zip_link",
  "zip_traversal",
] as const;

/** An entry that was left behind; it rejects its batch. */
export const Refusal = z.object({
  code: z.enum(REFUSALS),
  /** The entry, or empty for a zip as a whole. */
  file: z.string(),
  message: z.string(),
  hint: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;
