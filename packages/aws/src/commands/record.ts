import { SluiceError } from "@sluice/core/errors";
import type { Documents } from "@sluice/core/ports";
import * as z from "zod";

/** What is remembered of a command. */
export const Record = z.object({
  id: z.string(),
  line: z.string(),
  timeoutSeconds: z.number(),
  /** Who sends it, and since when (epoch ms). A claim that was given back has no time. */
  claim: z.object({ by: z.string(), at: z.number().nullable() }),
  /** SSM's id of it, and when SSM got it (epoch ms). */
  sent: z.object({ commandId: z.string(), at: z.number() }).optional(),
  isCancelled: z.boolean().default(false),
  /** Why it is known to be lost. */
  lost: z.string().optional(),
});
export type Record = z.infer<typeof Record>;

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Throws `usage.invalid` unless the id is a plain name. */
export function commandKey(id: string): string {
  if (ID.test(id)) return `commands/${id}`;
  throw new SluiceError("usage.invalid", `${JSON.stringify(id)} is no command id`, "Use a plain name.");
}

export const blobsOf = (id: string) => ({
  /** The last lines, kept up to date while it runs. */
  output: `commands/${id}/output`,
  /** All of it, once it has ended. */
  log: `commands/${id}/log`,
  /** Written last. */
  exitCode: `commands/${id}/exit-code`,
});

export const readRecord = (documents: Documents, id: string) => documents.read(commandKey(id), Record);

/** Changes a record that is there. */
export const changeRecord = (
  documents: Documents,
  id: string,
  change: (current: Record) => Record,
): Promise<Record> =>
  documents.update(commandKey(id), Record, (current) => {
    if (!current) throw new SluiceError("usage.not_found", `There is no command ${id}`);
    return change(current);
  });
