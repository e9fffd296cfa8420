import * as z from "zod";
import { SluiceError } from "../errors";
import { Verdict } from "../gate/verdict";
import { BatchId, DatasetVersion, EpochMs, Fraction, ModelNumber, RunId } from "../ids";
import { mapLimit } from "../map-limit";
import type { Clock, Documents } from "../ports";
import { MaskPolicy } from "../settings";
import { verb } from "../verb";
import { attemptOf, stemOf } from "./names";

export { HistoryEvent } from "./history-event";
export { executionName } from "./names";

type World = { documents: Documents; clock: Clock };
const RUNS = "runs/";
const READS_AT_ONCE = 16;

/** Throws `run.not_found` for what cannot be a run's id. */
function keyOf(id: string): string {
  if (RunId.safeParse(id).success) return RUNS + id;
  throw notFound(id);
}
const notFound = (id: string) =>
  new SluiceError("run.not_found", `There is no run ${id}`, "See: sluice runs.");

export const Outcome = z.enum([
  "promoted",
  "kept",
  "rejected",
  "unchanged",
  "superseded",
  "rolled_back",
  "failed",
  "stopped",
]);
export type Outcome = z.infer<typeof Outcome>;

export const Fault = z.object({ code: z.string(), message: z.string(), hint: z.string() });

/** One execution of the pipeline: what it was given, what each step answered, how it ended. */
export const Info = z.object({
  id: RunId,
  batch: BatchId,
  masks: MaskPolicy,
  startedAt: EpochMs,
  endedAt: EpochMs.nullable(),
  outcome: Outcome.nullable(),
  /** One line for people: why it ended as it did. */
  summary: z.string().nullable(),
  error: Fault.nullable(),
  datasetVersion: DatasetVersion.nullable(),
  model: ModelNumber.nullable(),
  judgedAgainst: ModelNumber.nullable(),
  dice: Fraction.nullable(),
  iou: Fraction.nullable(),
  verdict: Verdict.nullable(),
  pullRequest: z.string().nullable(),
  /** How often a person has resumed it. */
  resumed: z.number().int().nonnegative(),
  /** Each finished step's answer: asked again, a step gives the same. */
  steps: z.record(z.string(), z.unknown()),
});
export type Info = z.infer<typeof Info>;

/** Makes the run known; the same id again is the same run. */
export const create = verb(
  z.object({ id: RunId, batch: BatchId, masks: MaskPolicy.default("reject") }),
  ({ id, batch, masks }, { documents, clock }: World) =>
    documents.update(
      keyOf(id),
      Info,
      (current) =>
        current ?? {
          id,
          batch,
          masks,
          startedAt: clock.now(),
          endedAt: null,
          outcome: null,
          summary: null,
          error: null,
          datasetVersion: null,
          model: null,
          judgedAgainst: null,
          dice: null,
          iou: null,
          verdict: null,
          pullRequest: null,
          resumed: 0,
          steps: {},
        },
    ),
);

/** The run of a batch that is under way, else its next one: `<stem of the batch>-<attempt>`. */
export const open = verb(
  z.object({ batch: BatchId, masks: MaskPolicy.optional() }),
  async ({ batch, masks }, world: World): Promise<Info> => {
    const stem = stemOf(batch);
    const keys = await world.documents.list(`${RUNS}${stem}-`);
    const attempts = keys.flatMap((key) => attemptOf(key.slice(RUNS.length), stem) ?? []);
    const earlier = await readAll(
      attempts.map((attempt) => `${RUNS}${stem}-${attempt}`),
      world,
    );
    const underWay = earlier.find((run) => run.batch === batch && run.outcome === null);
    return underWay ?? create({ id: `${stem}-${Math.max(0, ...attempts) + 1}`, batch, masks }, world);
  },
);

/** Throws `run.not_found`. */
export async function get(id: string, { documents }: { documents: Documents }): Promise<Info> {
  const run = await documents.read(keyOf(id), Info);
  if (run) return run;
  throw notFound(id);
}

/** All runs, oldest first. */
export async function list(world: { documents: Documents }): Promise<Info[]> {
  const runs = await readAll(await world.documents.list(RUNS), world);
  return runs.sort((a, b) => a.startedAt - b.startedAt);
}

async function readAll(keys: string[], { documents }: { documents: Documents }): Promise<Info[]> {
  const runs = await mapLimit(keys, READS_AT_ONCE, (key) => documents.read(key, Info));
  return runs.filter((run) => run !== undefined);
}

/** Whether the gate has judged a model trained on this dataset version, and the run was brought to its end. */
export async function isJudged(version: string, world: { documents: Documents }): Promise<boolean> {
  const runs = await list(world);
  return runs.some((run) => run.datasetVersion === version && run.outcome && JUDGED.has(run.outcome));
}
const JUDGED: ReadonlySet<Outcome> = new Set<Outcome>(["promoted", "kept", "rolled_back"]);

type Facts = Partial<Omit<Info, "id" | "batch" | "steps">>;
const change = async (id: string, world: World, next: (run: Info) => Info): Promise<Info> =>
  world.documents.update(keyOf(id), Info, (current) => {
    if (!current) throw notFound(id);
    return next(current);
  });

/** Writes facts about the run. */
export const note = (id: string, facts: Facts, world: World) =>
  change(id, world, (run) => ({ ...run, ...facts }));

/** Keeps a step's state where it changes from call to call; `once` keeps an answer for good. */
export const record = (id: string, step: string, state: unknown, world: World) =>
  change(id, world, (run) => ({ ...run, steps: { ...run.steps, [step]: state } }));

/** Ends the run, unless it has ended already. */
export const end = (id: string, outcome: Outcome, summary: string, world: World, facts: Facts = {}) =>
  change(id, world, (run) =>
    run.outcome ? run : { ...run, ...facts, outcome, summary, endedAt: world.clock.now() },
  );

/** Ends what one execution of the run left open; a run that was resumed since belongs to a later execution. */
export const endExecution = (
  id: string,
  { resumed, outcome, summary, error = null }: Pick<Info, "resumed"> & End,
  world: World,
) =>
  change(id, world, (run) =>
    run.outcome || run.resumed !== resumed
      ? run
      : { ...run, outcome, summary, error, endedAt: world.clock.now() },
  );
type End = { outcome: Outcome; summary: string; error?: Info["error"] };

/**
 * Opens an interrupted, failed or stopped run again, so that its steps go on where they were. Throws
 * `run.not_resumable`, also when its verdict is of a champion that has gone.
 *
 * @param seen how often it had been resumed when this was decided: of two who open it at once, one does
 */
export const reopen = (id: string, world: World, seen?: number) =>
  change(id, world, (run) => {
    const { outcome, error } = run;
    if (seen !== undefined && run.resumed > seen) return run;
    if (outcome !== null && outcome !== "failed" && outcome !== "stopped") {
      throw new SluiceError("run.not_resumable", `Run ${id} has ended: ${outcome}`, NEXT[outcome]);
    }
    if (error?.code === "release.conflict") {
      const message = `Run ${id} was judged against a champion that no longer serves`;
      throw new SluiceError("run.not_resumable", message, "Push its batch again: a new run is judged anew.");
    }
    return { ...run, resumed: run.resumed + 1, outcome: null, summary: null, error: null, endedAt: null };
  });

/** What to do instead of resuming. */
const NEXT: Record<Exclude<Outcome, "failed" | "stopped">, string> = {
  promoted: "Push other photos to train again.",
  kept: "Push other photos to train again.",
  unchanged: "Push other photos to train again.",
  rolled_back: "See why it did not hold, then push other photos.",
  superseded: "The run of the newer dataset trains on its photos too: sluice runs.",
  rejected: "Mend the files that its report names, and push them.",
};

/**
 * Does a step once: its answer is recorded, and given again when the step is asked again (resume, redrive, a
 * duplicate event). `compute` itself must bear being repeated, for the process may die before the record.
 */
export async function once<S extends z.ZodType>(
  id: string,
  step: string,
  schema: S,
  world: World,
  compute: () => Promise<{ result: z.output<S>; facts?: Facts }>,
): Promise<z.output<S>> {
  const run = await get(id, world);
  if (step in run.steps) return schema.parse(run.steps[step]);
  const { result, facts } = await compute();
  const written = await change(id, world, (current) =>
    step in current.steps ? current : { ...current, ...facts, steps: { ...current.steps, [step]: result } },
  );
  return schema.parse(written.steps[step]);
}
