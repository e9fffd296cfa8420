import { createRoute } from "@hono/zod-openapi";
import { Commit, list, show } from "@sluice/core/dataset/history";
import * as z from "zod";
import type { Control } from "./deps";
import { type App, ERRORS, json } from "./route";

/** The dataset's versions. */
export function datasetRoutes(app: App, { world }: Control): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/dataset",
      summary: "The dataset's versions, oldest first",
      responses: { 200: json(z.array(Commit), "The versions"), ...ERRORS },
    }),
    async (c) => c.json(await list(world), 200),
  );
  app.openapi(
    createRoute({
      method: "get",
      path: "/dataset/{version}",
      summary: "One version, by its digest or the beginning of it",
      request: { params: z.object({ version: z.string() }) },
      responses: { 200: json(Commit, "The version"), ...ERRORS },
    }),
    async (c) => c.json(await show(c.req.valid("param").version, world), 200),
  );
}
