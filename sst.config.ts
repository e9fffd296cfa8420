import type { SSTConfig } from "sst";
import { Api } from "./stacks/api";
import { Host } from "./stacks/host-stack";
import { Pipeline } from "./stacks/pipeline";
import { Storage } from "./stacks/storage";

/** The cloud app: its stacks, each after those that it uses. */
export default {
  config: () => ({ name: "sluice", region: process.env.AWS_REGION ?? "eu-west-1" }),
  stacks(app) {
    app.stack(Storage).stack(Host).stack(Api).stack(Pipeline);
  },
} satisfies SSTConfig;
