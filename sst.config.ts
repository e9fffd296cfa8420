import type { SSTConfig } from "sst";
import { Storage } from "./stacks/storage";

/** The cloud app: its stacks, each after those that it uses. */
export default {
  config: () => ({ name: "sluice", region: process.env.AWS_REGION ?? "eu-west-1" }),
  async stacks(app) {
    app.stack(Storage);
  },
} satisfies SSTConfig;
