import { Lease, Registry, Release, Run, SluiceError } from "@sluice/core";
import type { Step, With } from "../step";
import { replay } from "./replay";
import { recordWatch, VERDICT, verdictOf, watchOf } from "./watched";

type Ports = "blobs" | "documents" | "clock" | "serving" | "settings";
type Answer = { state: "watching" | "good" | "back" };
const Recorded = Release.CanaryVerdict.extend({ observation: Release.Observation.nullable() });
type Seen = { watch: Release.Watch; observation: Release.Observation | null };

/**
 * Looks at the canary once: waits for it to be loaded, compares what it and the champion did since, replays test photos
 * where clients ask too little, and judges. A bad one is taken back in this very step.
 */
export const observeCanary: Step<Answer, Ports> = async ({ runId }, world) => {
  await Lease.acquire({ holder: runId, ttlMs: world.settings.leaseSeconds * 1_000 }, world);
  const run = await Run.get(runId, world);
  const known = verdictOf(run);
  if (known) return answerTo(known);
  const watch = watchOf(run);
  if (!watch) throw new SluiceError("run.failed", `Run ${runId} has no canary out`, "Resume it.");

  const release = await Release.current(world);
  const { stage } = Registry.find(await Registry.read(world), watch.canary);
  if (release?.canary !== watch.canary || stage === "Archived") {
    const reasons = [`it was taken back meanwhile: ${release?.reason ?? "no release"}`];
    return conclude(runId, { watch, observation: null }, { verdict: "bad", reasons }, world);
  }
  return watch.begun ? lookAt(runId, watch, watch.begun.at, world) : awaitLoaded(runId, watch, world);
};

async function awaitLoaded(runId: string, watch: Release.Watch, world: With<Ports>): Promise<Answer> {
  const { loadSeconds } = world.settings.release;
  const loaded = await world.serving.loaded();
  const metrics = loaded?.canary === watch.canary ? await readMetrics(world) : null;
  if (metrics) {
    const begun = Release.beginPhase(watch, 0, world.clock.now(), metrics);
    await recordWatch(runId, begun, world);
    return { state: "watching" };
  }
  if (world.clock.now() - watch.outAt < loadSeconds * 1_000) return { state: "watching" };
  const why =
    loaded?.canary === watch.canary ? "its metrics cannot be read" : (loaded?.problem ?? "nobody says why");
  const reasons = [`it was not ready within ${loadSeconds} s: ${why}`];
  return conclude(runId, { watch, observation: null }, { verdict: "bad", reasons }, world);
}

async function lookAt(
  runId: string,
  watch: Release.Watch,
  begunAt: number,
  world: With<Ports>,
): Promise<Answer> {
  const policy = world.settings.release;
  const phase = Release.phasesOf(policy)[watch.phase];
  const isOver = world.clock.now() - begunAt >= (phase?.windowSeconds ?? 0) * 1_000;
  const metrics = await readMetrics(world);
  if (!metrics && !isOver) return { state: "watching" };
  if (!metrics) {
    const reasons = ["the metrics of champion and canary cannot be read"];
    return conclude(runId, { watch, observation: null }, { verdict: "inconclusive", reasons }, world);
  }
  const observation = Release.observe(watch, metrics);
  const early = Release.judgeEarly(observation, policy);
  if (early) return conclude(runId, { watch, observation }, early, world);
  if (!isOver) return { state: "watching" };

  const missing = policy.minimumRequests - Release.seen(observation);
  if (missing <= 0) return endPhase(runId, { watch, observation }, metrics, world);
  const more = await replay(runId, watch, Math.min(missing, policy.replaysPerLook), world);
  const seen = { watch: more, observation: Release.observe(more, metrics) };
  const bad = Release.judgeEarly(seen.observation, policy);
  if (bad) return conclude(runId, seen, bad, world);
  const isStuck = more.replayed.canary.length === watch.replayed.canary.length;
  if (isStuck || Release.seen(seen.observation) >= policy.minimumRequests)
    return endPhase(runId, seen, metrics, world);
  await recordWatch(runId, more, world);
  return { state: "watching" };
}

/** A good phase is followed by the next of the strategy; the last one's verdict is the canary's. */
async function endPhase(
  runId: string,
  seen: Required<Seen> & { observation: Release.Observation },
  metrics: Awaited<ReturnType<typeof readMetrics>>,
  world: With<Ports>,
): Promise<Answer> {
  const policy = world.settings.release;
  const verdict = Release.judge(seen.observation, policy);
  const number = seen.watch.phase + 1;
  const next = Release.phasesOf(policy)[number];
  if (verdict.verdict !== "good" || !next) return conclude(runId, seen, verdict, world);
  const { champion, canary } = seen.watch;
  const reason = `${policy.strategy}: ${verdict.reasons.join("; ")}`;
  await Release.canary({ model: canary, champion, weight: next.weight, reason, by: `run ${runId}` }, world);
  await recordWatch(runId, Release.beginPhase(seen.watch, number, world.clock.now(), metrics ?? []), world);
  return { state: "watching" };
}

/** The first verdict counts. What is not good goes back at once; why, is in the run and in the release. */
async function conclude(
  runId: string,
  { watch, observation }: Seen,
  verdict: Release.CanaryVerdict,
  world: With<Ports>,
): Promise<Answer> {
  const recorded = await Run.once(runId, VERDICT, Recorded, world, async () => ({
    result: { ...verdict, observation },
  }));
  if (recorded.verdict !== "good") {
    const reason = `rolled back: ${recorded.reasons.join("; ")}`;
    await Release.withdraw({ model: watch.canary, reason, by: `run ${runId}` }, world);
  }
  return answerTo(recorded);
}

const answerTo = ({ verdict }: Release.CanaryVerdict): Answer => ({
  state: verdict === "good" ? "good" : "back",
});

/** Null: they cannot be read now. */
const readMetrics = (world: With<"serving">) =>
  world.serving.metrics().then(
    (processes) => (processes.length > 0 ? processes : null),
    () => null,
  );
