import { isSluiceError, Release, type ServedPrediction } from "@sluice/core";
import { httpStatus } from "@sluice/core/http-status";
import type { Serving } from "@sluice/core/ports";
import type { With } from "../step";
import { photoOf, testPairs } from "./test-photos";

type Ports = "blobs" | "documents" | "clock" | "serving" | "settings";
/** Both or neither is asked: the two are compared. */
const ROLES = ["champion", "canary"] as const;
/** A serving process at its limit is asked again so often, after a pause. */
const TRIES = 20;
const PAUSE_MS = 250;
/** Where photos take seconds, the next look goes on. */
const LOOK_MS = 60_000;

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
  const first = watch.replayed.canary.length;
  const next = askable.length === 0 ? [] : Array.from({ length: photos }, (_, i) => first + i);
  const read = (i: number) => photoOf(askable[i % askable.length]!, world);
  const { predictAll } = world.serving;
  if (predictAll) return replayAtOnce(watch, await Promise.all(next.map(read)), predictAll);

  const end = world.clock.now() + LOOK_MS;
  let seen = watch;
  for (const i of next) {
    const photo = await read(i);
    const answers: Answers = [];
    for (const role of ROLES) answers.push(await answerOf(role, photo, end, world));
    seen = added(seen, answers);
    if (answers[1] === undefined || isBad(seen, world) || world.clock.now() > end) break;
  }
  return seen;
}

async function replayAtOnce(
  watch: Release.Watch,
  photos: Buffer[],
  predictAll: NonNullable<Serving["predictAll"]>,
): Promise<Release.Watch> {
  if (photos.length === 0) return watch;
  const found = await predictAll(photos.flatMap((photo) => ROLES.map((role) => ({ photo, role }))));
  const answers = found.map(toAnswer);
  const pairs = photos.map((_, i) => answers.slice(2 * i, 2 * i + 2));
  const end = pairs.findIndex(([, canary]) => canary === undefined);
  return pairs.slice(0, end === -1 ? pairs.length : end).reduce(added, watch);
}

/** Null: it failed by the server's fault. Undefined: it could not be asked. */
type Answer = Release.Replayed | undefined;
type Answers = Answer[];

function added(watch: Release.Watch, [champion, canary]: Answers): Release.Watch {
  const { replayed } = watch;
  const more = (before: Release.Replayed[], answer: Answer) =>
    answer === undefined ? before : [...before, answer];
  return {
    ...watch,
    replayed: { champion: more(replayed.champion, champion), canary: more(replayed.canary, canary) },
  };
}

const isBad = (watch: Release.Watch, { settings }: With<"settings">) =>
  Release.judgeEarly(Release.observe(watch, []), settings.release) !== null;

async function answerOf(
  role: Release.Role,
  photo: Buffer,
  end: number,
  { serving, clock }: With<"serving" | "clock">,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await serving.predict(photo, { role }).catch((error: Error) => error);
    if (!isBusy(answer) || attempt === TRIES || clock.now() > end) return toAnswer(answer);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

const isBusy = (answer: ServedPrediction | Error) =>
  answer instanceof Error && isSluiceError(answer) && answer.code === "serving.busy";

function toAnswer(answer: ServedPrediction | Error): Answer {
  if (!(answer instanceof Error)) return Release.toReplayed(answer);
  if (!isSluiceError(answer)) throw answer;
  return httpStatus[answer.code] >= 500 ? null : undefined;
}
