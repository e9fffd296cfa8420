import type * as z from "zod";
import { SluiceError } from "./errors";

/**
 * A public verb: its input's schema and the function behind it. CLI, API, handlers and tests share the schema.
 *
 * Public verbs are what takes a person's or a machine's words and does or decides something by them: `Run.open`,
 * `Dataset.commit`, `Registry.promote`, `Gate.decide`. Readers by an id, as `Run.get` and `Dataset.show`, parse that
 * id and answer `…not_found`; a run's own bookkeeping (`Run.note`, `Run.end`, `Run.once`) is for steps, whose facts
 * the document's schema holds.
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
