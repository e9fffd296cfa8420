import type { z } from "zod";
import { SluiceError } from "./errors";

/**
 * A public verb: its input's schema and the function behind it. CLI, API, handlers and tests share the schema.
 *
 * Throws `usage.invalid` naming each field that does not fit.
 */
export function verb<S extends z.ZodType, W, R>(schema: S, run: (input: z.output<S>, world: W) => R) {
  const call = (input: z.input<S>, world: W): R => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, world);
    const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`);
    throw new SluiceError("usage.invalid", faults.join("; "), "Mend the fields named.");
  };
  return Object.assign(call, { schema });
}
