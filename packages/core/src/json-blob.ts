import type * as z from "zod";
import { SluiceError } from "./errors";
import type { Blobs } from "./ports";

/** The value that a JSON text holds; undefined where it holds none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A JSON blob, if it fits. Throws `blob.missing`, and `document.invalid` naming the key and what does not fit.
 *
 * @param hint what to do where it does not fit
 */
export async function readJson<S extends z.ZodType>(
  key: string,
  schema: S,
  { blobs }: { blobs: Blobs },
  hint = "Put the file back from a backup.",
): Promise<z.output<S>> {
  const value = parseJson((await blobs.get(key)).toString("utf8"));
  if (value === undefined) throw new SluiceError("document.invalid", `${key} is no JSON`, hint);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`);
  throw new SluiceError("document.invalid", `${key} does not fit: ${faults.join("; ")}`, hint);
}
