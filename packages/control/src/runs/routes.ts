import * as Run from "@sluice/core/run/index";
import { look, Sight } from "@sluice/core/run/look";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, route } from "../route";

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
  route(
    app,
    {
      method: "get",
      path: "/runs",
      summary: "The latest runs, oldest first",
      query: Query,
      answer: z.array(Row),
    },
    async ({ query }) => (await Run.list(world)).slice(-query.limit).map((run) => Row.parse(run)),
  );
  route(
    app,
    {
      method: "get",
      path: "/runs/{id}",
      summary: "One run: its states, its training's progress, its batch's report",
      params: ofRun,
      answer: Sight,
    },
    ({ params }) => look(params.id, { ...world, history: (id) => runs.history(id) }),
  );
  route(
    app,
    {
      method: "post",
      path: "/runs/{id}/stop",
      summary: "Stop a run; its batch and checkpoint are kept",
      params: ofRun,
      answer: RunAnswer,
    },
    async ({ params }) => {
      await runs.stop(params.id);
      return { runId: params.id };
    },
  );
  route(
    app,
    {
      method: "post",
      path: "/runs/{id}/resume",
      summary: "Go on with an interrupted, failed or stopped run",
      params: ofRun,
      status: 202,
      answer: RunAnswer,
    },
    async ({ params }) => {
      await runs.resume(params.id);
      return { runId: params.id };
    },
  );
}
