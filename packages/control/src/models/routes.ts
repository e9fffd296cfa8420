import { ModelNumber } from "@sluice/core/ids";
import * as Registry from "@sluice/core/registry/index";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, route } from "../route";
import { rollback } from "./rollback";
import { show } from "./show";

const ofModel = z.object({ number: z.coerce.number().pipe(ModelNumber) });
const ModelAnswer = Registry.Model.extend({
  isChampion: z.boolean(),
  changes: Registry.Info.shape.changes,
});
const Rollback = z.object({ reason: z.string().max(500).default("rolled back by hand") });
const RollbackAnswer = z.object({ champion: ModelNumber, previous: ModelNumber.nullable() });

/** The registry. */
export function modelRoutes(app: App, { world }: Control): void {
  route(
    app,
    {
      method: "get",
      path: "/models",
      summary: "All models, the champion and the challenger",
      answer: Registry.Info,
    },
    () => Registry.read(world),
  );
  route(
    app,
    {
      method: "get",
      path: "/models/{number}",
      summary: "One model: scores, lineage, when it was champion",
      params: ofModel,
      answer: ModelAnswer,
    },
    async ({ params }) => show(params.number, await Registry.read(world)),
  );
  route(
    app,
    {
      method: "post",
      path: "/models/{number}/rollback",
      summary: "Make an earlier model the champion again",
      params: ofModel,
      body: Rollback,
      answer: RollbackAnswer,
    },
    ({ params, body }) => rollback({ ...params, ...body }, world),
  );
}
