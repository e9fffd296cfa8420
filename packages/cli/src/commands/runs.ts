import * as Run from "@sluice/core/run/index";
import { readLock } from "@sluice/local/lock/index";
import { defineCommand } from "citty";
import { type Answer, command } from "../command";
import { runRow, runsTable } from "../format/run";
import type { Io } from "../io";
import { follow } from "../live/follow";
import { openSession } from "../session";
import { errorOf, runAnswer } from "../session/answer";
import { carry, watch } from "../session/carry";
import { devOf } from "../session/dev";
import { homeOf, stored } from "../session/home";
import { look } from "../session/look";

const ID = { id: { type: "positional", description: "The run's id", required: true } } as const;

const list = command({ name: "list", description: "All runs, oldest first" }, {}, async (args, io) => {
  const home = homeOf(args);
  const all = await Run.list(stored(home));
  const json = all.map((run) => ({
    ...runRow(run),
    batch: run.batch,
    model: run.model,
    startedAt: run.startedAt,
  }));
  return {
    json,
    text:
      all.length === 0
        ? "No runs yet: sluice push DIR starts one."
        : runsTable(all, io, (await readLock(home)) !== undefined),
  };
});

const show = command(
  { name: "show", description: "One run: its states, the gate's reasons, every fault" },
  ID,
  async (args, io) => {
    const home = homeOf(args);
    const isCarried = (await readLock(home)) !== undefined;
    return runAnswer(await look(args.id, { home, ...stored(home) }), home, io, { states: true, isCarried });
  },
);

const resume = command(
  {
    name: "resume",
    description: "Go on with an interrupted, failed or stopped run, from its last checkpoint",
  },
  ID,
  async (args, io) => {
    const home = homeOf(args);
    await Run.get(args.id, stored(home));
    const sight = (await resumeAtDev(args.id, home, io)) ?? (await resumeHere(args.id, home, io));
    const error = errorOf(sight.run);
    return { ...runAnswer(sight, home, io, { states: false }), ...(error && { error }) };
  },
);

async function resumeAtDev(id: string, home: string, io: Io) {
  const dev = await devOf(home);
  if (!dev) return undefined;
  const since = Date.now();
  await dev.resume(id);
  return follow(() => dev.sight(id), io, { since });
}

async function resumeHere(id: string, home: string, io: Io) {
  const session = await openSession(home);
  return carry(session, io, async () => {
    await session.runner.resume(id);
    return watch(id, session, io);
  });
}

const stop = command(
  { name: "stop", description: "Stop a run; its batch and checkpoint are kept" },
  ID,
  async (args): Promise<Answer> => {
    const home = homeOf(args);
    await Run.get(args.id, stored(home));
    const dev = await devOf(home);
    if (dev) await dev.stop(args.id);
    else await stopHere(args.id, home);
    const text = `Run ${args.id} is stopped. Go on with it: sluice runs resume ${args.id}.`;
    return { json: runRow(await Run.get(args.id, stored(home))), text };
  },
);

async function stopHere(id: string, home: string): Promise<void> {
  const session = await openSession(home);
  try {
    await session.runner.stop(id);
  } finally {
    await session.close();
  }
}

export const runs = defineCommand({
  meta: { name: "runs", description: "The runs: list, show, resume, stop" },
  default: "list",
  subCommands: { list, show, resume, stop },
});
