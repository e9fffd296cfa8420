import type { Context } from "hono";
import type { AppDeps, Limits } from "./deps";
import type { Metrics } from "./metrics";
import type { Slots } from "./slots";

/** Hono's types of this app. */
export interface AppEnv {
  Variables: { requestId: string };
}
export type AppContext = Context<AppEnv>;

/** What the handlers share. */
export interface Serving extends Required<Pick<AppDeps, "model" | "state" | "clock" | "log">> {
  limits: Limits;
  metrics: Metrics;
  slots: Slots;
}
