import { ModelNumber } from "@sluice/core/ids";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";
import * as z from "zod";
import type { Control } from "../deps";
import { type App, route } from "../route";
import { Rolled, rollback } from "./rollback";
import { show } from "./show";

const ofModel = z.object({ number: z.coerce.number().pipe(ModelNumber) });
const ModelAnswer = Registry.Model.extend({
  isChampion: z.boolean(),
  changes: Registry.Info.shape.changes,
});
const Rollback = z.object({ reason: z.string().max(500).default("rolled back by hand") });
const Releases = z.object({ releases: z.array(Release.Info) });

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
      answer: Rolled,
    },
    ({ params, body, caller }) => rollback({ ...params, ...body, by: caller ?? UNKNOWN }, world),
  );
  route(
    app,
    {
      method: "post",
      path: "/models/rollback",
      summary: "Take back what was released last: the canary that is out, else the champion",
      body: Rollback,
      answer: Rolled,
    },
    ({ body, caller }) => rollback({ ...body, by: caller ?? UNKNOWN }, world),
  );
  route(
    app,
    {
      method: "get",
      path: "/releases",
      summary: "Every release, oldest first: what, who, why, when",
      answer: Releases,
    },
    async () => ({ releases: await Release.history(world) }),
  );
}

/** Who asks the API of this machine. */
const UNKNOWN = "somebody";
