import { Registry, Run } from "@sluice/core";
import { bytes } from "@sluice/core/dataset/files";
import { readPairs } from "@sluice/core/dataset/manifest";
import type { Pair } from "@sluice/core/dataset/pair";
import * as z from "zod";
import type { Step, With } from "../step";

const PHOTOS = 3;
/** What a request of any world bears. Where every photo is larger, that the model is loaded and warm must do. */
const MOST_BYTES = 4_000_000;
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
  const { datasetVersion } = await Run.get(runId, world);
  if (champion === null || datasetVersion === null) return wrong("there is no champion to ask");
  const serving = await waitUntilServes(champion, world);
  if (serving !== champion) return wrong(`model ${champion} is not served, but ${serving ?? "none"}`);

  const pairs = await readPairs(datasetVersion, world.blobs);
  const tests = pairs.filter((p) => p.split === "test");
  if (tests.length === 0) return wrong("there is no test photo to ask with");
  const photos = tests.filter((p) => p.photo.bytes <= MOST_BYTES).slice(0, PHOTOS);
  for (const [answered, pair] of photos.entries()) {
    const fault = await faultOf(pair, champion, world);
    if (fault !== null) return wrong(fault, answered);
  }
  return { fault: null, answered: photos.length };
}

async function faultOf(pair: Pair, champion: number, world: With<Ports>): Promise<string | null> {
  try {
    const answer = await world.serving.predict(await bytes(pair.photo, world));
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
