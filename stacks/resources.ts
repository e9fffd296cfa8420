import { type App, use } from "sst/constructs";
import type { Resources } from "./access";
import { stageConfig } from "./stage";
import { Storage } from "./storage";

/** What Lambdas of any stack are given access to. */
export function resourcesOf(app: App): Resources {
  const { data, documents } = use(Storage);
  return { stage: stageConfig(app.stage), data, documents };
}
