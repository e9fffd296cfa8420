import { SluiceError } from "@sluice/core/errors";
import { readJson } from "@sluice/core/json-blob";
import * as Run from "@sluice/core/run/index";
import { MaskPolicy } from "@sluice/core/settings/index";
import { keys, Report } from "@sluice/core/validation/report";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, route } from "../route";
import { announce } from "./announce";
import { announced } from "./announced";
import { complete, hasArrived } from "./complete";
import { AnnounceAnswer, announcement, BatchAnswer, CompleteAnswer, Completion, ofBatch } from "./schemas";

/** Uploads: a batch is announced, its files are sent as the answer says, then it is completed. */
export function batchRoutes(app: App, control: Control): void {
  const { world, runs, limits } = control;
  route(
    app,
    {
      method: "post",
      path: "/batches",
      summary: "Announce a batch: how each of its files, or its zip, is sent",
      body: announcement(limits),
      answer: AnnounceAnswer,
    },
    ({ body }) => announce(body, control),
  );
  route(
    app,
    {
      method: "post",
      path: "/batches/{batch}/complete",
      summary: "Everything is sent: check it, and start the run",
      params: ofBatch,
      body: Completion,
      answer: CompleteAnswer,
    },
    async ({ params: { batch }, body }) => {
      await complete(batch, body, control);
      return { batch, isComplete: true as const };
    },
  );
  route(
    app,
    {
      method: "post",
      path: "/batches/{batch}/runs",
      summary: "Start a run of a batch that is there; while one is under way, it is that one",
      params: ofBatch,
      body: z.object({ masks: MaskPolicy.optional() }),
      status: 202,
      answer: z.object({ runId: z.string() }),
    },
    ({ params, body: { masks } }) => runs.start({ ...params, ...(masks && { masks }) }),
  );
  route(
    app,
    {
      method: "get",
      path: "/batches/{batch}",
      summary: "One batch: whether it is whole, its runs, its report",
      params: ofBatch,
      answer: BatchAnswer,
    },
    ({ params }) => show(params.batch, world),
  );
}

/** Throws `usage.not_found` for a batch that nobody has announced or sent. */
async function show(batch: string, world: Control["world"]): Promise<BatchAnswer> {
  const isComplete = await hasArrived(batch, world);
  const ofIt = (await Run.list(world)).filter((run) => run.batch === batch);
  const key = keys(batch).report;
  const report = (await world.blobs.has(key)) ? await readJson(key, Report, world) : null;
  const isKnown = isComplete || ofIt.length > 0 || report || (await announced(batch, world));
  if (!isKnown) throw new SluiceError("usage.not_found", `There is no batch ${batch}`, "See: /runs.");
  return { batch, isComplete, runs: ofIt.map(({ id, outcome }) => ({ id, outcome })), report };
}
