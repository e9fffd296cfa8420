import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { StepInput } from "../step";
import { decideGate } from "../steps/decide-gate";
import { onAws } from "./on-aws";
import { blobs, clock, documents, settings } from "./ports";

const world = { blobs, clock, documents, settings };

export const handler = onAws(decideGate, world, {
  input: StepInput,
  measure: ({ model, dice }, metrics) => {
    if (dice === undefined) return; // recorded before answers held it
    const ofModel = metrics.singleMetric().addDimension("modelVersion", String(model));
    ofModel.addMetric("ChallengerDice", MetricUnit.NoUnit, dice);
  },
});
