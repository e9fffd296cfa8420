import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv, Serving } from "./context";
import { logEntry } from "./log-entry";
import { routeOf } from "./metrics";

const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Times every request to the end of its answer, and logs it. */
export const measured = ({ metrics, logger }: Serving) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const started = performance.now();
    await next();
    const { status } = c.res;
    const finish = () => {
      const ms = performance.now() - started;
      const method = METHODS.includes(c.req.method) ? c.req.method : "other";
      metrics.requests.observe({ route: routeOf(c.req.path), method, status: String(status) }, ms / 1000);
      logger?.(logEntry(c, status, ms));
    };
    const streaming = c.get("streaming");
    if (streaming) void streaming.finally(finish);
    else finish();
  });

/** What says nothing of caches is kept by none: predictions, and what is true only now. */
export const uncached = () =>
  createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const { headers } = c.res; // c.header() would make the answer anew, as a stream
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  });

/** Pages may load what this server serves, and pictures they made themselves; nothing else. */
export const secured = () =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "blob:", "data:"],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
    strictTransportSecurity: false, // for whoever ends TLS in front of this server
  });
