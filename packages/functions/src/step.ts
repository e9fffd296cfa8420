import { isSluiceError, parseJson, RunId, type World } from "@sluice/core";
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

/**
 * The one place where errors become ASL errors: `Retry` and `Catch` match the dotted code, and the message is the
 * JSON that Lambda reports as `Cause`.
 */
export class StepError extends Error {
  constructor(cause: unknown) {
    const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
    const code = isSluiceError(cause) ? cause.code : name;
    const hint = isSluiceError(cause) ? cause.hint : "";
    super(JSON.stringify({ errorType: code, errorMessage: message, hint }), { cause });
    this.name = code;
  }
}

/** What `StepError` wrote, read back from an execution's failure. */
export const Failure = z.object({ Error: z.string(), Cause: z.string().default("") }).transform((failure) => {
  const shape = z.object({ errorMessage: z.string(), hint: z.string().default("") });
  const { success, data } = shape.safeParse(parseJson(failure.Cause));
  if (!success) return { code: failure.Error, message: failure.Cause, hint: "" };
  return { code: failure.Error, message: data.errorMessage, hint: data.hint };
});

/** A step bound to its world: what Lambda, or the local runner, calls with the state's input. */
export const bind =
  (step: Step, world: World) =>
  async (input: unknown): Promise<unknown> => {
    try {
      return await step(StepInput.loose().parse(input), world);
    } catch (error) {
      throw new StepError(error);
    }
  };
