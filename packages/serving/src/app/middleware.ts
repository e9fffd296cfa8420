import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv, Serving } from "./context";
import { routeOf } from "./metrics";

const METHODS = ["GET", "HEAD", "POST", "OPTIONS"];

/** Times every request. */
export const measured = ({ metrics }: Serving) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const started = performance.now();
    await next();
    const method = METHODS.includes(c.req.method) ? c.req.method : "other";
    const labels = { route: routeOf(c.req.path), method, status: String(c.res.status) };
    metrics.requests.observe(labels, (performance.now() - started) / 1000);
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
