import { type App, use } from "sst/constructs";
import type { Resources } from "./access";
import { Host } from "./host-stack";
import { stageConfig } from "./stage";
import { Storage } from "./storage";

/** What Lambdas of any stack are given access to. */
export function resourcesOf(app: App): Resources {
  const { data, documents } = use(Storage);
  const { instanceId } = use(Host);
  return { stage: stageConfig(app.stage), data, documents, instanceId };
}
