import { isSluiceError, RunId, SluiceError, type World } from "@sluice/core";
import * as z from "zod";

/** What the state machine hands to a step. The rest is in the run's document. */
export const StepInput = z.object({ runId: RunId });
export type StepInput = z.infer<typeof StepInput>;

/** These ports of a world. */
export type With<P extends keyof World> = Pick<World, P>;

/**
 * A step of the run: it bears being asked again. `P` are the ports that it uses, so that an entry point that gives
 * others, or too many, does not compile.
 */
export type Step<R = unknown, P extends keyof World = keyof World> = (
  input: StepInput,
  world: With<P>,
) => Promise<R>;

const faultsOf = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => `${path.join(".") || "it"}: ${message}`).join("; ");

/** Throws `usage.invalid` naming each field that does not fit. */
export function inputOf<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const message = `The input does not fit: ${faultsOf(parsed.error)}`;
  throw new SluiceError("usage.invalid", message, "See the definition of the state machine or the rule.");
}

/**
 * The one place where errors become ASL errors: `Retry` and `Catch` match the dotted code, which Lambda reports as
 * `errorType`, and the message is JSON that `Failure` reads.
 */
export class StepError extends Error {
  constructor(cause: unknown) {
    const { code, message, hint } = faultOf(cause);
    super(JSON.stringify({ errorType: code, errorMessage: message, hint }), { cause });
    this.name = code;
  }
}

function faultOf(cause: unknown): { code: string; message: string; hint: string } {
  if (isSluiceError(cause)) return { code: cause.code, message: cause.message, hint: cause.hint };
  if (cause instanceof z.ZodError) return { code: "document.invalid", message: faultsOf(cause), hint: "" };
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  return { code: name, message, hint: "" };
}

/** A step bound to its world: what the local runner calls with the state's input. */
export const bind =
  (step: Step, world: World) =>
  async (input: unknown): Promise<unknown> => {
    try {
      return await step(inputOf(StepInput.loose(), input), world);
    } catch (error) {
      throw new StepError(error);
    }
  };
