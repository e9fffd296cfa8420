import { SluiceError } from "@sluice/core";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "./context";

/** What scripts of other origins may send and read, besides what they always may (Fetch standard, 4.10). */
const SENT = "Content-Type, Accept, X-Request-Id, Sluice-Role, Inference-Header-Content-Length";
const READ = [
  "ETag",
  "Retry-After",
  "Server-Timing",
  "X-Request-Id",
  "Sluice-Model-Version",
  "Sluice-Model-Role",
  "Sluice-Box",
  "Sluice-Area-Px",
  "Sluice-Confidence",
  "Inference-Header-Content-Length",
].join(", ");
/** Seconds; browsers keep a preflight's answer for no longer than hours anyway. */
const KEPT = "7200";

/**
 * Lets scripts of these origins use the API. There are no cookies to protect: credentials are never allowed.
 *
 * @param origins as `https://app.example`, or `*` alone; none: only pages of this server
 */
export const crossOrigin = (origins: readonly string[]) => {
  const anyone = origins.includes("*");
  return createMiddleware<AppEnv>(async (c, next) => {
    await next();
    const { headers } = c.res; // c.header() would make the answer anew, as a stream
    if (origins.length > 0 && !anyone) headers.append("Vary", "Origin");
    const origin = c.req.header("Origin");
    if (origin === undefined || !(anyone || origins.includes(origin))) return;
    headers.set("Access-Control-Allow-Origin", anyone ? "*" : origin);
    headers.set("Access-Control-Expose-Headers", READ);
    const allow = headers.get("Allow");
    if (c.req.method !== "OPTIONS" || !c.req.header("Access-Control-Request-Method") || !allow) return;
    headers.set("Access-Control-Allow-Methods", allow);
    headers.set("Access-Control-Allow-Headers", SENT);
    headers.set("Access-Control-Max-Age", KEPT);
  });
};

/** Origins out of a setting: separated by commas. Throws `usage.invalid`. */
export function parseOrigins(setting = ""): string[] {
  const origins = setting
    .split(",")
    .map((origin) => origin.trim())
    .filter(Boolean);
  for (const origin of origins) if (origin !== "*" && !isOrigin(origin)) throw noOrigin(origin);
  return origins;
}

const isOrigin = (text: string) => !text.includes("*") && URL.canParse(text) && new URL(text).origin === text;

const noOrigin = (text: string) =>
  new SluiceError(
    "usage.invalid",
    `${text} is no origin`,
    "Write it as browsers do: https://app.example:8443, without a path; several with commas; * for all.",
  );
