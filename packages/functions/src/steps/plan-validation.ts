import { Run } from "@sluice/core";
import { plan } from "@sluice/core/validation/plan";
import * as z from "zod";
import type { Step } from "../step";

type Ports = "blobs" | "documents" | "clock" | "settings";
const Answer = z.object({ parts: z.number().int().positive() });

/** Divides the batch into parts, so that a large one is validated by many functions at once. */
export const planValidation: Step<{ parts: number[] }, Ports> = async ({ runId }, world) => {
  const { parts } = await Run.once(runId, "planValidation", Answer, world, async () => {
    const { batch } = await Run.get(runId, world);
    const { pairsPerPart } = world.settings.validation;
    const { parts } = await plan({ batch, runId, pairsPerPart }, world);
    return { result: { parts } };
  });
  return { parts: [...Array(parts).keys()] };
};
