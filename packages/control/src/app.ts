import { SluiceError } from "@sluice/core/errors";
import * as Registry from "@sluice/core/registry/index";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { batchRoutes } from "./batches/routes";
import { logged } from "./caller";
import { datasetRoutes } from "./dataset";
import { type ControlDeps, DEFAULT_LIMITS } from "./deps";
import { answerError } from "./errors";
import { modelRoutes } from "./models/routes";
import { openApiDocument } from "./openapi";
import type { App } from "./route";
import { runRoutes } from "./runs/routes";
import { servingRoutes } from "./serving";

/**
 * The control API: uploads, runs, models, dataset. The same on AWS and in `sluice dev`.
 *
 * @example
 * const app = createControlApp({ world, runs, uploads, log: console.error });
 * const response = await app.request("/runs");
 */
export function createControlApp(deps: ControlDeps): Hono {
  const control = { ...deps, limits: { ...DEFAULT_LIMITS, ...deps.limits } };
  const hono = new Hono();
  const app: App = { hono, routes: [] };
  hono.use(logged(deps));
  hono.use(bodyLimit({ maxSize: control.limits.bodyBytes, onError: tooLarge }));
  hono.onError((error, c) => answerError(error, c, deps));
  hono.notFound((c) => {
    const error = new SluiceError("usage.not_found", `There is no ${c.req.path}`, "See: GET /.");
    return answerError(error, c, deps);
  });
  // A browser asks first. Who may is said by the HTTP API, which wants a good answer to add that to; else nobody.
  hono.options("*", (c) => c.body(null, 204));
  hono.get("/", async (c) => {
    const { champion } = await Registry.read(deps.world);
    const routes = app.routes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    return c.json({ ...(deps.home && { home: deps.home }), champion, routes });
  });
  batchRoutes(app, control);
  runRoutes(app, control);
  modelRoutes(app, control);
  datasetRoutes(app, control);
  servingRoutes(app, control);
  // The second is for a stage, at which the predicting app has the first.
  for (const path of ["/openapi.json", "/control/openapi.json"])
    hono.get(path, (c) => c.json(openApiDocument(app.routes)));
  return hono;
}

function tooLarge(): never {
  throw new SluiceError(
    "serving.body_too_large",
    "The request is too large",
    "Announce fewer files at once.",
  );
}
