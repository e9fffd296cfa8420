import type { MiddlewareHandler } from "hono";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Only programs and pages of this machine: a page from elsewhere in the user's browser (cross-origin, or with a
 * name that it has rebound to 127.0.0.1) gets 403.
 */
export const guard: MiddlewareHandler = async (c, next) => {
  const url = new URL(c.req.url);
  const host = c.req.header("host") ?? url.host;
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const isLocal = LOOPBACK.has(host.replace(/:\d+$/, ""));
  const isSameOrigin = origin === undefined || origin === `http://${host}`;
  const isAsked = site === undefined || site === "same-origin" || site === "none";
  if (isLocal && isSameOrigin && isAsked) return next();
  const message = "This server answers only what comes from this machine";
  return c.json({ error: { code: "usage.invalid", message, hint: "Use its address as printed." } }, 403);
};
