import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import type { Chosen } from "./choose";
import type { AppDeps, Limits, Models } from "./deps";
import type { Metrics, ModelLabels } from "./metrics";
import type { Slots } from "./slots";
import type { Uploads } from "./uploads";

/** Hono's types of this app. */
export interface AppEnv {
  /** In a Node server: its own request, whose body is read without a web stream. */
  Bindings: { incoming?: IncomingMessage };
  Variables: {
    requestId: string;
    /** Set once a model is chosen: errors are counted against it. */
    answeredBy?: ModelLabels & Pick<Chosen, "traffic">;
    /** Of the error that the request was answered with. */
    code?: string;
    /** Photos answered and refused, of a batch. */
    batch?: { answered: number; refused: number };
    /** Ends with an answer that goes on after its head is sent; never rejects. */
    streaming?: Promise<void>;
  };
}
export type AppContext = Context<AppEnv>;

/** What the handlers share. */
export interface Serving
  extends Required<Pick<AppDeps, "state" | "clock" | "log" | "isStopping">>,
    Pick<AppDeps, "library" | "logger"> {
  models(): Models;
  limits: Limits;
  metrics: Metrics;
  slots: Slots;
  uploads: Uploads;
}
