import { OpenAPIHono } from "@hono/zod-openapi";
import { SluiceError } from "@sluice/core";
import { requestId } from "hono/request-id";
import { page as pageAssets } from "../page";
import { serveAssets } from "./assets";
import { batchPredict } from "./batch";
import type { AppContext, AppEnv, Serving } from "./context";
import { crossOrigin } from "./cors";
import { type AppDeps, DEFAULT_LIMITS, type Models, modelsOf } from "./deps";
import { docs as docsAssets } from "./docs";
import { answerError, noSuchPage } from "./errors";
import { createMetrics } from "./metrics";
import { measured, secured, uncached } from "./middleware";
import { describeRoutes, openApiDocument } from "./openapi";
import { predict } from "./predict";
import { predictRows } from "./rows";
import { createSlots } from "./slots";
import { health, metrics, ready } from "./status";
import { createUploads } from "./uploads";
import { v2App } from "./v2";
import { describeV2 } from "./v2/openapi";

export {
  type AppDeps,
  DEFAULT_LIMITS,
  type Limits,
  type LoadedModel,
  type ModelProblem,
  type ModelState,
  type Models,
} from "./deps";

/**
 * The predicting web app: the same in the Node server, the container and tests.
 *
 * @example
 * const app = createApp({ model: () => ({ number: 3, predictor }) });
 * const response = await app.request("/predict", { method: "POST", body: jpeg });
 */
export function createApp(deps: AppDeps) {
  const serving = toServing(deps);
  const app = new OpenAPIHono<AppEnv>();
  app.use(
    requestId({ limitLength: 64 }),
    measured(serving),
    crossOrigin(deps.origins ?? []),
    uncached(),
    secured(),
  );
  app.onError((error, c) => answerError(error, c, serving));
  app.notFound((c) => answerError(noSuchPage(), c, serving));

  const page = pageAssets(serving.limits);
  const docs = docsAssets();
  app.get("/", (c) => page("", c));
  app.get("/page/:file", (c) => page(c.req.param("file"), c));
  app.get("/docs", (c) => docs("", c));
  app.get("/docs/:file", (c) => docs(c.req.param("file"), c));
  const document = serveAssets({
    "": { type: "application/json", read: () => JSON.stringify(openApiDocument(app)) },
  });
  app.get("/openapi.json", (c) => document("", c));
  app.get("/health", health(serving));
  app.get("/ready", ready(serving));
  app.get("/metrics", metrics(serving));
  app.post("/predict", predictRows(serving), predict(serving));
  app.post("/batch-predict", batchPredict(serving));
  for (const path of [
    "/",
    "/page/:file",
    "/docs",
    "/docs/:file",
    "/openapi.json",
    "/health",
    "/ready",
    "/metrics",
  ])
    app.all(path, otherMethods("GET, HEAD, OPTIONS"));
  app.route("/v2", v2App(serving));
  for (const path of ["/predict", "/batch-predict"]) app.all(path, otherMethods("POST, OPTIONS"));
  describeRoutes(app, serving.limits);
  describeV2(app);
  return app;
}

function toServing(deps: AppDeps): Serving {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const atOnce = Math.min(limits.atOnce, limits.inFlight);
  const slots = createSlots({ atOnce, waiting: limits.inFlight - atOnce });
  return {
    models: () => modelsOf(deps),
    state: deps.state ?? (() => ({ reason: "No model is loaded yet", problem: null })),
    clock: deps.clock ?? { now: Date.now },
    log: deps.log ?? console.error,
    library: deps.library,
    logger: deps.logger,
    isStopping: deps.isStopping ?? (() => false),
    limits,
    slots,
    uploads: createUploads(limits.uploadBytes),
    metrics: createMetrics({
      registry: deps.registry,
      models: () => loadedModels(modelsOf(deps)),
      inFlight: slots.taken,
      queueDepth: slots.waiting,
    }),
  };
}

const loadedModels = (models: Models) =>
  (["champion", "canary"] as const).flatMap((role) => {
    const model = models[role];
    return model ? [{ version: model.number, role, digest: model.predictor.digest }] : [];
  });

const otherMethods = (allow: string) => (c: AppContext) => {
  c.header("Allow", allow);
  if (c.req.method === "OPTIONS") return c.body(null, 204);
  throw new SluiceError("usage.wrong_method", `${c.req.method} is not answered here`, `What is: ${allow}.`);
};
