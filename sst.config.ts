import type { SSTConfig } from "sst";
import { Api } from "./stacks/api";
import { Delivery } from "./stacks/delivery";
import { Host } from "./stacks/host-stack";
import { Monitoring } from "./stacks/monitoring";
import { Pipeline } from "./stacks/pipeline";
import { Storage } from "./stacks/storage";

/** The cloud app: its stacks, each after those that it uses. */
export default {
  config: () => ({ name: "sluice", region: process.env.AWS_REGION ?? "eu-west-1" }),
  async stacks(app) {
    app.stack(Storage);
    await app.stack(Host);
    app.stack(Api).stack(Pipeline).stack(Monitoring).stack(Delivery);
  },
} satisfies SSTConfig;
