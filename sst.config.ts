import type { SSTConfig } from "sst";

/** The cloud app. Its stacks arrive with the AWS world; the pipeline's definition is in `stacks/` already. */
export default {
  config: () => ({ name: "sluice", region: process.env.AWS_REGION ?? "eu-west-1" }),
  stacks: () => {},
} satisfies SSTConfig;
