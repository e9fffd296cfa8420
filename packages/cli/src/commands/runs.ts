import * as Run from "@sluice/core/run/index";
import { activityOf } from "@sluice/local/runner/carrier";
import { defineCommand } from "citty";
import { type Answer, command, staged } from "../command";
import { runRow, runsTable } from "../format/run";
import type { Io } from "../io";
import { follow } from "../live/follow";
import { openSession, type Session } from "../session";
import { errorOf, pagesIn, runAnswer } from "../session/answer";
import { carry, watch } from "../session/carry";
import { devOf } from "../session/dev";
import { homeOf, stored } from "../session/home";
import { look } from "../session/look";
import { followAtStage, lookAtStage, type Stage, stageOf, stopAtStage } from "../session/stage";
import { stopRun } from "../session/stop";
import { openInTurn } from "../session/turn";

const ID = { id: { type: "positional", description: "The run's id", required: true } } as const;

/** What goes on with each run; null once it has ended. */
const activityIn = async (home: string, run: Run.Info) =>
  run.outcome === null ? activityOf(home, run.id) : null;

/** At a stage nothing but its state machine carries a run. */
const activityAt = (run: Run.Info) => (run.outcome === null ? ("running" as const) : null);

const list = command({ name: "list", description: "All runs, oldest first" }, staged, async (args, io) => {
  const stage = await stageOf(args);
  const home = homeOf(args);
  const all = await Run.list(stage ?? stored(home));
  const activities = await Promise.all(all.map((run) => (stage ? activityAt(run) : activityIn(home, run))));
  const json = all.map((run, i) => ({
    ...runRow(run),
    activity: activities[i],
    batch: run.batch,
    model: run.model,
    startedAt: run.startedAt,
  }));
  const text = all.length === 0 ? "No runs yet: sluice push DIR starts one." : runsTable(all, io, activities);
  return { json, text };
});

const show = command(
  { name: "show", description: "One run: its states, the gate's reasons, every fault" },
  { ...ID, ...staged },
  async (args, io) => {
    const stage = await stageOf(args);
    if (stage) {
      const sight = await lookAtStage(args.id, stage);
      return runAnswer(sight, stage.page, io, { states: true, activity: activityAt(sight.run) });
    }
    const home = homeOf(args);
    const sight = await look(args.id, { home, ...stored(home) });
    const activity = await activityIn(home, sight.run);
    return runAnswer(sight, pagesIn(home), io, { states: true, activity });
  },
);

const resume = command(
  {
    name: "resume",
    description: "Go on with an interrupted, failed or stopped run, from its last checkpoint",
  },
  {
    ...ID,
    ...staged,
    wait: { type: "boolean", description: "Wait for whoever works in the home, instead of giving up" },
  },
  async (args, io) => {
    const stage = await stageOf(args);
    const home = homeOf(args);
    const sight = stage ? await resumeAtStage(args.id, stage, io) : await resumeAt(args, home, io);
    const error = errorOf(sight.run, stage?.option);
    const answer = runAnswer(sight, stage?.page ?? pagesIn(home), io, { states: false });
    return { ...answer, ...(error && { error }) };
  },
);

async function resumeAtStage(id: string, stage: Stage, io: Io) {
  const since = Date.now();
  await stage.runs.resume(id);
  return followAtStage(id, stage, io, since);
}

async function resumeAt({ id, wait }: { id: string; wait?: boolean }, home: string, io: Io) {
  await Run.get(id, stored(home));
  return wait ? resumeInTurn(id, home, io) : resumeNow(id, home, io);
}

async function resumeAtDev(id: string, home: string, io: Io) {
  const dev = await devOf(home);
  if (!dev) return undefined;
  const since = Date.now();
  await dev.resume(id);
  return follow(() => dev.sight(id), io, { since });
}

const resumeNow = async (id: string, home: string, io: Io) =>
  (await resumeAtDev(id, home, io)) ?? resumeIn(await openSession(home), id, io);

/** What waited may have been done by another meanwhile. */
async function resumeInTurn(id: string, home: string, io: Io) {
  const session = await openInTurn(id, home, io);
  if (session) return resumeIn(session, id, io);
  const sight = await look(id, { home, ...stored(home) });
  return sight.run.outcome === null ? resumeNow(id, home, io) : sight;
}

const resumeIn = (session: Session, id: string, io: Io) =>
  carry(session, io, async () => {
    await session.runner.resume(id);
    return watch(id, session, io);
  });

const stop = command(
  { name: "stop", description: "Stop a run; its batch and checkpoint are kept" },
  { ...ID, ...staged },
  async (args): Promise<Answer> => {
    const stage = await stageOf(args);
    const run = stage ? await stopAtStage(args.id, stage) : await stopRun(args.id, homeOf(args));
    const text =
      run.outcome === "stopped"
        ? `Run ${run.id} is stopped. Go on with it: sluice runs resume ${run.id}${stage?.option ?? ""}.`
        : `Run ${run.id} ended before it could be stopped: ${run.outcome}.`;
    return { json: runRow(run), text };
  },
);

export const runs = defineCommand({
  meta: { name: "runs", description: "The runs: list, show, resume, stop" },
  default: "list",
  subCommands: { list, show, resume, stop },
});
