import { createRoute } from "@hono/zod-openapi";
import { ModelNumber } from "@sluice/core/ids";
import * as Registry from "@sluice/core/registry/index";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, ERRORS, json } from "../route";
import { rollback } from "./rollback";

const ofModel = z.object({ number: z.coerce.number().pipe(ModelNumber) });
const ModelAnswer = Registry.Model.extend({
  isChampion: z.boolean(),
  /** When it became champion, and why. */
  changes: Registry.Info.shape.changes,
});
const Rollback = z.object({ reason: z.string().max(500).default("rolled back by hand") });
const RollbackAnswer = z.object({ champion: ModelNumber, previous: ModelNumber.nullable() });

/** The registry. */
export function modelRoutes(app: App, { world }: Control): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/models",
      summary: "All models, the champion and the challenger",
      responses: { 200: json(Registry.Info, "The registry"), ...ERRORS },
    }),
    async (c) => c.json(await Registry.read(world), 200),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/models/{number}",
      summary: "One model: scores, lineage, when it was champion",
      request: { params: ofModel },
      responses: { 200: json(ModelAnswer, "The model"), ...ERRORS },
    }),
    async (c) => {
      const registry = await Registry.read(world);
      const model = Registry.find(registry, c.req.valid("param").number);
      const changes = registry.changes.filter((change) => change.champion === model.number);
      return c.json({ ...model, isChampion: registry.champion === model.number, changes }, 200);
    },
  );
  app.openapi(
    createRoute({
      method: "post",
      path: "/models/{number}/rollback",
      summary: "Make an earlier model the champion again",
      request: { params: ofModel, body: json(Rollback, "Why, for the history") },
      responses: { 200: json(RollbackAnswer, "It serves"), ...ERRORS },
    }),
    async (c) => {
      const { reason } = Rollback.parse(c.req.valid("json"));
      return c.json(await rollback({ ...c.req.valid("param"), reason }, world), 200);
    },
  );
}
