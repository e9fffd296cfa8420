import type { Context } from "aws-lambda";
import type * as z from "zod";
import { inputOf, StepError, StepInput } from "../step";
import { type Measure, observed } from "./observed";

/** Ports that are made when they are first used; a container keeps them. */
export type Lazy<W> = { [K in keyof W]: () => W[K] };
export type Handler<R> = (event: unknown, context?: Context) => Promise<R>;

/**
 * A step as a Lambda handler: logged, measured and traced; what it throws is named by its dotted code, which the
 * state machine's `Retry` and `Catch` match. It compiles only if the step gets just the ports that it uses.
 *
 * @param options.input what the event is read by, where it is not the state machine's `{ runId }`
 * @param options.measure what an answer adds to the metrics
 *
 * @example export const handler = onAws(acquireHost, { clock, documents, settings });
 */
export function onAws<W extends object, R>(
  step: (input: StepInput, world: W) => Promise<R>,
  ports: Lazy<NoInfer<W>>,
): Handler<R>;
export function onAws<I, W extends object, R>(
  step: (input: I, world: W) => Promise<R>,
  ports: Lazy<NoInfer<W>>,
  options: { input: z.ZodType<I>; measure?: Measure<R> },
): Handler<R>;
export function onAws<W extends object, R>(
  step: (input: never, world: W) => Promise<R>,
  ports: Lazy<W>,
  { input = StepInput.loose(), measure }: { input?: z.ZodType; measure?: Measure<R> } = {},
): Handler<R> {
  const world = made(ports);
  return (event, context) =>
    observed(event, context, measure, async () => {
      try {
        return await step(inputOf(input, event) as never, world);
      } catch (error) {
        throw new StepError(error);
      }
    });
}

function made<W extends object>(ports: Lazy<W>): W {
  const world = {} as W;
  for (const name of Object.keys(ports) as (keyof W)[]) {
    let port: { made: W[typeof name] } | undefined;
    const get = () => {
      port ??= { made: ports[name]() };
      return port.made;
    };
    Object.defineProperty(world, name, { get, enumerable: true });
  }
  return world;
}
