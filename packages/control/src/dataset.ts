import { Commit, list, show } from "@sluice/core/dataset/history";
import * as z from "zod";
import type { Control } from "./deps";
import { type App, route } from "./route";

/** The dataset's versions. */
export function datasetRoutes(app: App, { world }: Control): void {
  route(
    app,
    {
      method: "get",
      path: "/dataset",
      summary: "The dataset's versions, oldest first",
      answer: z.array(Commit),
    },
    () => list(world),
  );
  route(
    app,
    {
      method: "get",
      path: "/dataset/{version}",
      summary: "One version, by its digest or the beginning of it",
      params: z.object({ version: z.string() }),
      answer: Commit,
    },
    ({ params }) => show(params.version, world),
  );
}
