import type { Context } from "hono";
import type { AppDeps, Limits } from "./deps";
import type { Metrics, ModelLabels } from "./metrics";
import type { Slots } from "./slots";

/** Hono's types of this app. */
export interface AppEnv {
  Variables: {
    requestId: string;
    /** Set once a model is chosen: errors are counted against it. */
    answeredBy?: ModelLabels;
  };
}
export type AppContext = Context<AppEnv>;

/** What the handlers share. */
export interface Serving extends Required<Pick<AppDeps, "model" | "state" | "clock" | "log">> {
  limits: Limits;
  metrics: Metrics;
  slots: Slots;
}
