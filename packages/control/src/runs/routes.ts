import { createRoute } from "@hono/zod-openapi";
import * as Run from "@sluice/core/run/index";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, ERRORS, json } from "../route";
import { look, Sight } from "./look";

const Row = Run.Info.pick({
  id: true,
  batch: true,
  startedAt: true,
  endedAt: true,
  outcome: true,
  summary: true,
  model: true,
  dice: true,
  iou: true,
});
const Query = z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(200) });
const ofRun = z.object({ id: z.string() });
const RunAnswer = z.object({ runId: z.string() });

/** Runs: what they do, and stopping and resuming them. */
export function runRoutes(app: App, { world, runs }: Control): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/runs",
      summary: "The latest runs, oldest first",
      request: { query: Query },
      responses: { 200: json(z.array(Row), "The runs"), ...ERRORS },
    }),
    async (c) => {
      const latest = (await Run.list(world)).slice(-c.req.valid("query").limit);
      return c.json(
        latest.map((run) => Row.parse(run)),
        200,
      );
    },
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/runs/{id}",
      summary: "One run: its states, its training's progress, its batch's report",
      request: { params: ofRun },
      responses: { 200: json(Sight, "The run"), ...ERRORS },
    }),
    async (c) => {
      const sight = await look(c.req.valid("param").id, { ...world, history: (id) => runs.history(id) });
      return c.json(sight as never, 200); // a step's answer is JSON, but its type does not say so
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/runs/{id}/stop",
      summary: "Stop a run; its batch and checkpoint are kept",
      request: { params: ofRun },
      responses: { 200: json(RunAnswer, "It is stopped"), ...ERRORS },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      await runs.stop(id);
      return c.json({ runId: id }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/runs/{id}/resume",
      summary: "Go on with an interrupted, failed or stopped run",
      request: { params: ofRun },
      responses: { 202: json(RunAnswer, "Under way"), ...ERRORS },
    }),
    async (c) => {
      const { id } = c.req.valid("param");
      await runs.resume(id);
      return c.json({ runId: id }, 202);
    },
  );
}
