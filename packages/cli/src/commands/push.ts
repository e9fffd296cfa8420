import type { MaskPolicy } from "@sluice/core";
import type { Source } from "@sluice/core/batch/index";
import * as Run from "@sluice/core/run/index";
import { type Answer, command } from "../command";
import type { DevClient } from "../dev/client";
import type { Io } from "../io";
import { follow } from "../live/follow";
import { openSession } from "../session";
import { errorOf, runAnswer } from "../session/answer";
import { carry, resumeInterrupted, watch } from "../session/carry";
import { carryDetached } from "../session/detached";
import { devOf } from "../session/dev";
import { homeOf, stored } from "../session/home";
import { openSource, send } from "../upload";

interface Push {
  source: Source;
  masks: MaskPolicy;
  home: string;
}

export const push = command(
  { name: "push", description: "Upload a batch of photos and masks, and bring it through the pipeline" },
  {
    path: {
      type: "positional",
      description: "A folder or zip with images/ and masks/",
      required: true,
      valueHint: "DIR|ZIP",
    },
    detach: { type: "boolean", description: "Upload, start the run, and do not wait for it" },
    masks: {
      type: "enum",
      options: ["reject", "threshold"],
      default: "reject",
      description: "Grey masks: reject them, or cut them at 127",
    },
  },
  async (args, io) => {
    const home = homeOf(args);
    const source = await openSource(args.path); // before a home is made for it
    const wanted: Push = { source, masks: args.masks as MaskPolicy, home };
    const dev = await devOf(wanted.home);
    if (dev) return pushTo(dev, wanted, io, args.detach === true);
    return args.detach ? pushDetached(wanted, io) : pushHere(wanted, io);
  },
);

/** All in this process, which holds the home meanwhile. */
async function pushHere({ source, masks, home }: Push, io: Io): Promise<Answer> {
  const session = await openSession(home);
  const sight = await carry(session, io, async () => {
    await resumeInterrupted(session, io);
    const { batch } = await send(source, session.world, io);
    const { runId } = await session.runner.start({ batch, masks });
    io.say(`Run ${runId}`);
    return watch(runId, session, io);
  });
  return { ...runAnswer(sight, home, io, { states: false }), ...ending(errorOf(sight.run)) };
}

async function pushTo(
  dev: DevClient,
  { source, masks, home }: Push,
  io: Io,
  isDetached: boolean,
): Promise<Answer> {
  io.say(`Over sluice dev at ${dev.url}`);
  const { batch } = await send(source, dev, io);
  const { runId } = await dev.start(batch, masks);
  if (isDetached) return started(runId, batch, `See: sluice runs show ${runId}.`);
  io.say(`Run ${runId}`);
  const sight = await follow(() => dev.sight(runId), io);
  return { ...runAnswer(sight, home, io, { states: false }), ...ending(errorOf(sight.run)) };
}

async function pushDetached({ source, masks, home }: Push, io: Io): Promise<Answer> {
  const world = stored(home);
  const { batch } = await send(source, world, io);
  const { id } = await Run.open({ batch, masks }, world);
  const { log } = await carryDetached(home, id);
  return started(id, batch, `Its output goes to ${log}; see: sluice runs show ${id}.`);
}

const started = (runId: string, batch: string, hint: string): Answer => ({
  json: { id: runId, batch, outcome: null },
  text: `Run ${runId} is under way. ${hint}`,
});

const ending = (error: Answer["error"]) => (error ? { error } : {});
