import { createRoute } from "@hono/zod-openapi";
import { SluiceError } from "@sluice/core/errors";
import { readJson } from "@sluice/core/json-blob";
import * as Run from "@sluice/core/run/index";
import { MaskPolicy } from "@sluice/core/settings/index";
import { keys, Report } from "@sluice/core/validation/report";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, ERRORS, json } from "../route";
import { announce } from "./announce";
import { announced } from "./announced";
import { complete, hasArrived } from "./complete";
import { AnnounceAnswer, announcement, BatchAnswer, CompleteAnswer, Completion, ofBatch } from "./schemas";

/** Uploads: a batch is announced, its files are sent as the answer says, then it is completed. */
export function batchRoutes(app: App, control: Control): void {
  const { world, runs, limits } = control;
  app.openapi(
    createRoute({
      method: "post",
      path: "/batches",
      summary: "Announce a batch: how each of its files, or its zip, is sent",
      request: { body: { ...json(announcement(limits), "What is to come"), required: true } },
      responses: { 200: json(AnnounceAnswer, "How it is sent"), ...ERRORS },
    }),
    async (c) => c.json(await announce(c.req.valid("json"), control), 200),
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/batches/{batch}/complete",
      summary: "Everything is sent: check it, and start the run",
      request: { params: ofBatch, body: json(Completion, "What was left behind") },
      responses: { 200: json(CompleteAnswer, "It is whole"), ...ERRORS },
    }),
    async (c) => {
      const { batch } = c.req.valid("param");
      await complete(batch, c.req.valid("json"), control);
      return c.json({ batch, isComplete: true as const }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/batches/{batch}/runs",
      summary: "Start a run of a batch that is there; while one is under way, it is that one",
      request: {
        params: ofBatch,
        body: json(z.object({ masks: MaskPolicy.optional() }), "How grey masks are read"),
      },
      responses: { 202: json(z.object({ runId: z.string() }), "Under way"), ...ERRORS },
    }),
    async (c) => {
      const { masks } = c.req.valid("json");
      return c.json(await runs.start({ ...c.req.valid("param"), ...(masks && { masks }) }), 202);
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/batches/{batch}",
      summary: "One batch: whether it is whole, its runs, its report",
      request: { params: ofBatch },
      responses: { 200: json(BatchAnswer, "The batch"), ...ERRORS },
    }),
    async (c) => c.json(await show(c.req.valid("param").batch, world), 200),
  );
}

/** Throws `usage.not_found` for a batch that nobody has announced or sent. */
async function show(batch: string, world: Control["world"]): Promise<z.infer<typeof BatchAnswer>> {
  const isComplete = await hasArrived(batch, world);
  const ofIt = (await Run.list(world)).filter((run) => run.batch === batch);
  const key = keys(batch).report;
  const report = (await world.blobs.has(key)) ? await readJson(key, Report, world) : null;
  const isKnown = isComplete || ofIt.length > 0 || report || (await announced(batch, world)).size > 0;
  if (!isKnown) throw new SluiceError("usage.not_found", `There is no batch ${batch}`, "See: /runs.");
  return { batch, isComplete, runs: ofIt.map(({ id }) => id), report };
}
