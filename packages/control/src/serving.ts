import { createRoute } from "@hono/zod-openapi";
import * as Release from "@sluice/core/release/index";
import * as z from "zod";
import type { Control } from "./deps";
import { type App, ERRORS, json } from "./route";

const ServingAnswer = z.object({ url: z.string().nullable(), release: Release.Info.nullable() });

/** What serves, and where. */
export function servingRoutes(app: App, { world, serving }: Control): void {
  app.openapi(
    createRoute({
      method: "get",
      path: "/serving",
      summary: "The release that serves, and its address",
      responses: { 200: json(ServingAnswer, "What serves"), ...ERRORS },
    }),
    async (c) => {
      const url = serving ? (await serving.ensure()).url : null;
      return c.json({ url, release: (await Release.current(world)) ?? null }, 200);
    },
  );
}
