import type { MaskPolicy } from "@sluice/core";
import type { Source } from "@sluice/core/batch/index";
import * as Run from "@sluice/core/run/index";
import { type Answer, command, staged } from "../command";
import type { ControlClient } from "../dev/client";
import type { Io } from "../io";
import { follow } from "../live/follow";
import type { Sight } from "../live/sight";
import { openSession } from "../session";
import { errorOf, pagesIn, runAnswer } from "../session/answer";
import { apiOf } from "../session/api";
import { carry, resumeInterrupted, watch } from "../session/carry";
import { carryDetached } from "../session/detached";
import { devOf } from "../session/dev";
import { homeOf, stored } from "../session/home";
import { followAtStage, type Stage, stageOf } from "../session/stage";
import { openSource, send, sending } from "../upload";

interface Push {
  source: Source;
  masks?: MaskPolicy;
  isDetached: boolean;
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
      description: "Grey masks: reject them (as where nothing else is set), or cut them at 127",
    },
    commit: {
      type: "string",
      description:
        "The commit that brings the batch (else GitHub Actions says it): a rejection is told there",
      valueHint: "SHA",
    },
    ...staged,
    api: {
      type: "string",
      description: "A stage's control API, for those without AWS credentials",
      valueHint: "URL",
    },
    token: { type: "string", description: "Who one is to the API (else SLUICE_TOKEN)", valueHint: "JWT" },
  },
  async (args, io) => {
    const api = await apiOf(args);
    const stage = await stageOf(args);
    const home = homeOf(args);
    const source = await openSource(args.path, args.commit); // before a home is made for it
    const masks = args.masks as MaskPolicy | undefined;
    const wanted: Push = { source, isDetached: args.detach === true, ...(masks && { masks }) };
    if (stage) return pushAtStage(stage, wanted, io);
    if (api) return pushTo(api, wanted, io, placeOfApi(api));
    const dev = await devOf(home);
    if (!dev) return args.detach ? pushDetached(wanted, home, io) : pushHere(wanted, home, io);
    io.say(`Over sluice dev at ${dev.url}`);
    return pushTo(dev, wanted, io, { option: "", page: pagesIn(home) });
  },
);

/** Over the internet one looks less often. */
const placeOfApi = ({ url }: ControlClient): Place => ({
  option: "",
  page: (batch) => `${url}/batches/${batch}`,
  everyMs: 2_000,
});

interface Place {
  /** What a command must be told to find the run again. */
  option: string;
  /** Where a batch's report is read. */
  page: (batch: string) => string;
  everyMs?: number;
}

/** All in this process, which holds the home meanwhile. */
async function pushHere({ source, masks }: Push, home: string, io: Io): Promise<Answer> {
  const session = await openSession(home);
  const sight = await carry(session, io, async () => {
    await resumeInterrupted(session, io);
    const { batch } = await send(source, session.world, io);
    const { runId } = await session.runner.start({ batch, ...(masks && { masks }) });
    io.say(`Run ${runId}`);
    return watch(runId, session, io);
  });
  return ended(sight, io, { option: "", page: pagesIn(home) });
}

async function pushTo(api: ControlClient, push: Push, io: Io, place: Place): Promise<Answer> {
  const { source, masks, isDetached } = push;
  const { pushOverApi } = await import("../upload/over-api");
  const options = masks ? { masks } : {};
  const { runId } = await sending(source, io, (onFile) => pushOverApi(source, api, { ...options, onFile }));
  if (isDetached) return started(runId, source.batch, `See: sluice runs show ${runId}.`);
  io.say(`Run ${runId}`);
  const { everyMs } = place;
  return ended(await follow(() => api.sight(runId), io, everyMs ? { everyMs } : {}), io, place);
}

async function pushAtStage(stage: Stage, { source, masks, isDetached }: Push, io: Io): Promise<Answer> {
  const { pushToStage } = await import("../upload/to-stage");
  const options = masks ? { masks } : {};
  const { runId } = await sending(source, io, (onFile) => pushToStage(source, stage, { ...options, onFile }));
  if (isDetached) return started(runId, source.batch, `See: sluice runs show ${runId}${stage.option}.`);
  io.say(`Run ${runId} at stage ${stage.name}; it goes on without this command.`);
  return ended(await followAtStage(runId, stage, io), io, stage);
}

async function pushDetached({ source, masks }: Push, home: string, io: Io): Promise<Answer> {
  const world = stored(home);
  const { batch } = await send(source, world, io);
  const { id } = await Run.open({ batch, ...(masks && { masks }) }, world);
  const { log } = await carryDetached(home, id);
  return started(id, batch, `Its output goes to ${log}; see: sluice runs show ${id}.`);
}

const started = (runId: string, batch: string, hint: string): Answer => ({
  json: { id: runId, batch, outcome: null },
  text: `Run ${runId} is under way. ${hint}`,
});

function ended(sight: Sight, io: Io, { option, page }: Place): Answer {
  const error = errorOf(sight.run, option);
  return { ...runAnswer(sight, page, io, { states: false }), ...(error && { error }) };
}
