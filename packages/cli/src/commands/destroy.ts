import { SluiceError } from "@sluice/core/errors";
import { stageConfig } from "../../../../stacks/stage";
import { command } from "../command";
import { confirmation } from "../destroy/confirm";
import { destroyedText, planText } from "../destroy/text";

export const destroy = command(
  {
    name: "destroy",
    description: "Remove a deployed stage from AWS: empties its buckets and deletes its stacks",
  },
  {
    stage: { type: "string", description: "Which stage", required: true },
    confirm: {
      type: "string",
      description: "The stage's name once more, instead of typing it",
      valueHint: "STAGE",
    },
    yesReally: { type: "boolean", description: "Also when it is prod (--yes-really)" },
    region: { type: "string", description: "Where it is deployed (AWS_REGION)" },
  },
  async (args, io) => {
    const { name: stage, kind } = stageConfig(args.stage);
    if (kind === "prod" && !args.yesReally)
      throw new SluiceError(
        "usage.invalid",
        `Stage ${stage} serves people and is not destroyed just so`,
        `If you mean it: sluice destroy --stage ${stage} --yes-really.`,
      );
    const { deployed, teardown } = await import("@sluice/aws/teardown/index");
    const where = { stage, region: args.region };
    const stacks = await deployed(where);
    if (stacks.length > 0) {
      io.say(planText(stage, stacks));
      await confirmation(stage, args.confirm);
    }
    const done = await teardown({ ...where, say: (line) => io.say(line) });
    return { json: { stage, ...done }, text: destroyedText(stage, done) };
  },
);
