import { Registry, Run } from "@sluice/core";
import type { Pair } from "@sluice/core/dataset/pair";
import * as z from "zod";
import type { Step, With } from "../step";
import { judgedModel } from "./judged-model";
import { photoOf, testPairs } from "./test-photos";

const PHOTOS = 3;
const READY_LIMIT_MS = 60_000;
type Ports = "blobs" | "documents" | "clock" | "serving" | "settings";
const Answer = z.object({ good: z.boolean(), reason: z.string() });

/** Asks the serving process itself: the champion is loaded, and answers real test photos within the latency budget. */
export const smokeTest: Step<z.infer<typeof Answer>, Ports> = ({ runId }, world) =>
  Run.once(runId, "smokeTest", Answer, world, async () => {
    const { fault, answered } = await ask(runId, world);
    return { result: { good: fault === null, reason: fault ?? `${answered} photos answered` } };
  });

/** The first thing that is wrong, and how many photos were answered before. */
async function ask(runId: string, world: With<Ports>): Promise<{ fault: string | null; answered: number }> {
  const wrong = (fault: string, answered = 0) => ({ fault, answered });
  const { champion } = await Registry.read(world);
  if (champion === null) return wrong("there is no champion to ask");
  const model = judgedModel(await Run.get(runId, world));
  if (champion !== model) return wrong(`model ${model} was taken back by hand: ${champion} is the champion`);
  const serving = await waitUntilServes(champion, world);
  if (serving !== champion) return wrong(`model ${champion} is not served, but ${serving ?? "none"}`);

  const { all, askable } = await testPairs(runId, world);
  if (all.length === 0) return wrong("there is no test photo to ask with");
  // Where every photo is too large, that the model is loaded and warm must do.
  for (const [answered, pair] of askable.slice(0, PHOTOS).entries()) {
    const fault = await faultOf(pair, champion, world);
    if (fault !== null) return wrong(fault, answered);
  }
  return { fault: null, answered: Math.min(PHOTOS, askable.length) };
}

async function faultOf(pair: Pair, champion: number, world: With<Ports>): Promise<string | null> {
  try {
    const answer = await world.serving.predict(await photoOf(pair, world));
    if (answer.modelVersion !== champion) return `${pair.id} was answered by model ${answer.modelVersion}`;
    const isSlow = answer.latencyMs > world.settings.gate.latencyMsBudget;
    return isSlow ? `${pair.id} took ${answer.latencyMs} ms` : null;
  } catch (error) {
    return `${pair.id} was not answered: ${(error as Error).message}`;
  }
}

async function waitUntilServes(
  champion: number,
  world: With<"clock" | "serving">,
): Promise<number | undefined> {
  const until = world.clock.now() + READY_LIMIT_MS;
  for (;;) {
    const serving = await world.serving.readyVersion();
    if (serving === champion || world.clock.now() > until) return serving;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
