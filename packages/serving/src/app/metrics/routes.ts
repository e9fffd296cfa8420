/** The label of a path: one of a fixed few, whatever clients ask for. */
export const routeOf = (path: string): string => {
  if (path.startsWith("/docs/")) return "/docs/*";
  if (path.startsWith("/page/")) return "/page/*";
  if (path.startsWith("/v2/")) return path.endsWith("/infer") ? "/v2/*/infer" : "/v2/*";
  return ROUTES.has(path) ? path : "other";
};
const ROUTES = new Set([
  "/",
  "/predict",
  "/batch-predict",
  "/health",
  "/ready",
  "/metrics",
  "/docs",
  "/openapi.json",
  "/v2",
]);

/** Whether a route asks a model: what fails there is a failed prediction. */
export const isPredicting = (route: string): boolean => PREDICTING.has(route);
const PREDICTING = new Set(["/predict", "/batch-predict", "/v2/*/infer"]);
