import { stageConfig } from "../../../../stacks/stage";
import { command, wholeNumber } from "../command";
import { estimate } from "../cost/estimate";
import { partsOf } from "../cost/parts";
import { AS_OF, pricesOf } from "../cost/prices";
import { costText } from "../cost/text";

/** What a training took on a machine like the host's, with 987 photos: see docs/benchmarks.md. */
const MEASURED_MINUTES = "20";
const MEASURED_PAIRS = "987";

export const cost = command(
  {
    name: "cost",
    description: "What a stage costs on AWS: a month of nothing, a run, a thousand predictions",
  },
  {
    stage: { type: "string", description: "Which stage", default: "dev" },
    region: { type: "string", description: "Prices of this region (AWS_REGION; else eu-west-1)" },
    minutes: {
      type: "string",
      description: "Minutes that a training takes",
      default: MEASURED_MINUTES,
    },
    pairs: { type: "string", description: "Pairs in the dataset", default: MEASURED_PAIRS },
    runs: { type: "string", description: "Runs a month", default: "10" },
    predictions: { type: "string", description: "Predictions a month", default: "10000" },
  },
  async (args, io) => {
    const region = args.region ?? process.env.AWS_REGION ?? "eu-west-1";
    const prices = pricesOf(region);
    const usage = {
      trainingMinutes: wholeNumber(args.minutes, "--minutes"),
      pairs: wholeNumber(args.pairs, "--pairs"),
      runsPerMonth: wholeNumber(args.runs, "--runs"),
      predictionsPerMonth: wholeNumber(args.predictions, "--predictions"),
    };
    const result = estimate(partsOf(stageConfig(args.stage)), usage, prices);
    const about = { stage: args.stage, region, gp3GbMonth: prices.gp3GbMonth, ...usage };
    return {
      json: { stage: args.stage, region, pricesAsOf: AS_OF, usage, ...result },
      text: costText(result, about, io),
    };
  },
);
