import { Run } from "@sluice/core";
import * as z from "zod";
import type { With } from "../step";

/** A lost training is started again from its checkpoint so often, before a person is asked. */
export const MAX_LOST = 2;

const Attempt = z.object({
  number: z.number().int(),
  sentAt: z.number(),
  lost: z.number().int(),
  resumed: z.number(),
});
export type Attempt = z.infer<typeof Attempt>;

export const commandId = (runId: string, attempt: number) => `${runId}-train-${attempt}`;

export const currentAttempt = async (
  runId: string,
  world: With<"documents">,
): Promise<Attempt | undefined> => {
  const run = await Run.get(runId, world);
  return "training" in run.steps ? Attempt.parse(run.steps.training) : undefined;
};

export const recordAttempt = (runId: string, attempt: Attempt, world: With<"documents" | "clock">) =>
  Run.record(runId, "training", attempt, world);
