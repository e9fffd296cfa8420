import { accepts } from "hono/accepts";
import { type Answered, answer, describe, serverTiming } from "./answer";
import { sourceOf } from "./body";
import type { AppContext, Serving } from "./context";
import type { PredictionAnswer } from "./schemas";
import { onePhoto } from "./upload";
import { withModel } from "./with-model";

/**
 * `/predict`: one photo in, its mask out, as JSON or as the picture itself. The photo is there before a slot is
 * taken: slow clients keep no others from being answered.
 */
export const predict = (serving: Serving) => (c: AppContext) =>
  serving.uploads.hold(async (account) => {
    const photo = await onePhoto(sourceOf(c), serving.limits.bodyBytes, account);
    serving.metrics.batchSize.observe(1);
    const answered = await withModel(serving, c, (chosen) => answer(serving, c, chosen, photo));
    c.header("Vary", "Accept");
    c.header("Server-Timing", serverTiming(answered));
    const supports = ["application/json", "image/png"];
    const type = accepts(c, { header: "Accept", supports, default: "application/json" });
    return type === "image/png" ? asPicture(c, answered) : c.json<PredictionAnswer>(describe(answered));
  });

function asPicture(c: AppContext, { by, prediction }: Answered): Response {
  const { png, box, areaPx, confidence } = prediction;
  c.header("Content-Type", "image/png");
  c.header("Sluice-Model-Version", String(by.model.number));
  c.header("Sluice-Model-Role", by.role);
  c.header("Sluice-Area-Px", String(areaPx));
  c.header("Sluice-Confidence", confidence.toFixed(4));
  if (box) c.header("Sluice-Box", [box.left, box.top, box.width, box.height].join(","));
  return c.body(new Uint8Array(png));
}
