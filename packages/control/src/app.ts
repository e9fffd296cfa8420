import { OpenAPIHono } from "@hono/zod-openapi";
import { SluiceError } from "@sluice/core/errors";
import * as Registry from "@sluice/core/registry/index";
import { batchRoutes } from "./batches/routes";
import { logged } from "./caller";
import { datasetRoutes } from "./dataset";
import { type ControlDeps, DEFAULT_LIMITS } from "./deps";
import { answerError, refuseInvalid } from "./errors";
import { modelRoutes } from "./models/routes";
import { runRoutes } from "./runs/routes";
import { servingRoutes } from "./serving";

/**
 * The control API: uploads, runs, models, dataset. The same on AWS and in `sluice dev`.
 *
 * @example
 * const app = createControlApp({ world, runs, uploads, log: console.error });
 * const response = await app.request("/runs");
 */
export function createControlApp(deps: ControlDeps): OpenAPIHono {
  const control = { ...deps, limits: { ...DEFAULT_LIMITS, ...deps.limits } };
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (!result.success) refuseInvalid(result.error.issues);
    },
  });
  app.use(logged(deps));
  app.onError((error, c) => answerError(error, c, deps));
  app.notFound((c) => {
    const error = new SluiceError("usage.not_found", `There is no ${c.req.path}`, "See: GET /.");
    return answerError(error, c, deps);
  });
  app.get("/", async (c) => {
    const { champion } = await Registry.read(deps.world);
    const routes = [...new Set(app.routes.map(({ method, path }) => `${method} ${path}`))];
    return c.json({ ...(deps.home && { home: deps.home }), champion, routes });
  });
  batchRoutes(app, control);
  runRoutes(app, control);
  modelRoutes(app, control);
  datasetRoutes(app, control);
  servingRoutes(app, control);
  app.get("/openapi.json", (c) => c.json(app.getOpenAPIDocument(DOCUMENT)));
  return app;
}

const DOCUMENT = {
  openapi: "3.0.3",
  info: {
    title: "Sluice control",
    version: "0.1.0",
    description: "Uploads, runs, models and the dataset.",
  },
  servers: [{ url: "/" }],
};
