import { Dataset, Registry, Run, type World } from "@sluice/core";
import { z } from "zod";
import type { Step } from "../step";

const PHOTOS = 3;
const READY_LIMIT_MS = 60_000;
const Answer = z.object({ good: z.boolean(), reason: z.string() });

/** Asks the serving process itself: the champion is loaded, and answers real test photos within the latency budget. */
export const smokeTest: Step<z.infer<typeof Answer>> = ({ runId }, world) =>
  Run.once(runId, "smokeTest", Answer, world, async () => {
    const fault = await firstFault(runId, world);
    return { result: { good: fault === null, reason: fault ?? `${PHOTOS} photos answered` } };
  });

async function firstFault(runId: string, world: World): Promise<string | null> {
  const { champion } = await Registry.read(world);
  const { datasetVersion } = await Run.get(runId, world);
  if (champion === null || datasetVersion === null) return "there is no champion to ask";
  const serving = await waitUntilServes(champion, world);
  if (serving !== champion) return `model ${champion} is not served, but ${serving ?? "none"}`;

  const pairs = await Dataset.pairs(datasetVersion, world);
  for (const pair of pairs.filter((p) => p.split === "test").slice(0, PHOTOS)) {
    try {
      const answer = await world.serving.predict(await Dataset.bytes(pair.photo, world));
      if (answer.modelVersion !== champion) return `${pair.id} was answered by model ${answer.modelVersion}`;
      if (answer.latencyMs > world.settings.gate.latencyMsBudget)
        return `${pair.id} took ${answer.latencyMs} ms`;
    } catch (error) {
      return `${pair.id} was not answered: ${(error as Error).message}`;
    }
  }
  return null;
}

async function waitUntilServes(champion: number, world: World): Promise<number | undefined> {
  const until = world.clock.now() + READY_LIMIT_MS;
  for (;;) {
    const serving = await world.serving.readyVersion();
    if (serving === champion || world.clock.now() > until) return serving;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
