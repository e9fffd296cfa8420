import * as Release from "@sluice/core/release/index";
import * as z from "zod";
import type { Control } from "./deps";
import { type App, route } from "./route";

const ServingAnswer = z.object({ url: z.string().nullable(), release: Release.Info.nullable() });

/** What serves, and where. */
export function servingRoutes(app: App, { world, serving }: Control): void {
  route(
    app,
    {
      method: "get",
      path: "/serving",
      summary: "The release that serves, and its address",
      answer: ServingAnswer,
    },
    async () => {
      const url = serving ? (await serving.ensure()).url : null;
      return { url, release: (await Release.current(world)) ?? null };
    },
  );
}
