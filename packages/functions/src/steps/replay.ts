import { isSluiceError, Release } from "@sluice/core";
import { httpStatus } from "@sluice/core/http-status";
import type { With } from "../step";
import { photoOf, testPairs } from "./test-photos";

type Ports = "blobs" | "documents" | "clock" | "serving" | "settings";
/** Where a photo takes seconds, the next look goes on. */
const LOOK_MS = 60_000;
/** A serving process at its limit is asked again so often, after a pause. */
const TRIES = 20;
const PAUSE_MS = 250;

/**
 * Asks champion and canary for the same test photos, one after the other, and adds the answers to the watch. It ends
 * early once the canary is certainly bad. Without test photos nothing is added.
 *
 * @param photos at most so many; the next of the test set, from its start again after its end
 */
export async function replay(
  runId: string,
  watch: Release.Watch,
  photos: number,
  world: With<Ports>,
): Promise<Release.Watch> {
  const { askable } = await testPairs(runId, world);
  const replayed = { champion: [...watch.replayed.champion], canary: [...watch.replayed.canary] };
  const end = world.clock.now() + LOOK_MS;
  for (let i = 0; i < photos && askable.length > 0 && world.clock.now() < end; i++) {
    const photo = await photoOf(askable[replayed.canary.length % askable.length]!, world);
    // Both or neither: the two are compared.
    const champion = await answerOf("champion", photo, end, world);
    const canary = await answerOf("canary", photo, end, world);
    if (champion !== undefined) replayed.champion.push(champion);
    if (canary !== undefined) replayed.canary.push(canary);
    if (canary === undefined || isBad({ ...watch, replayed }, world)) break;
  }
  return { ...watch, replayed };
}

const isBad = (watch: Release.Watch, { settings }: With<"settings">) =>
  Release.judgeEarly(Release.observe(watch, []), settings.release) !== null;

/** Null: it failed by the server's fault. Undefined: it could not be asked. */
async function answerOf(
  role: Release.Role,
  photo: Buffer,
  end: number,
  { serving, clock }: With<"serving" | "clock">,
): Promise<Release.Replayed | undefined> {
  for (let attempt = 1; ; attempt++) {
    const answer = await serving.predict(photo, { role }).catch(refusalOf);
    if (answer !== "busy") return typeof answer === "object" && answer ? Release.toReplayed(answer) : answer;
    if (attempt === TRIES || clock.now() > end) return undefined;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

function refusalOf(error: unknown): "busy" | null | undefined {
  if (!isSluiceError(error)) throw error;
  if (error.code === "serving.busy") return "busy";
  return httpStatus[error.code] >= 500 ? null : undefined;
}
