import * as z from "zod";
import { Report, Slice } from "../evaluation";
import { ModelNumber } from "../ids";
import type { GatePolicy } from "../settings";
import { Servability } from "../training";
import { verb } from "../verb";
import { probabilityBetter } from "./bootstrap";
import type { Reason, Verdict } from "./verdict";

export { probabilityBetter } from "./bootstrap";
export { Reason, Verdict } from "./verdict";

export const Case = z.object({
  challenger: Report,
  /** `none`: there is no champion yet. `unreadable`: there is one that could not be evaluated. */
  champion: z.union([
    z.literal("none"),
    z.object({ number: ModelNumber, report: Report }),
    z.object({ number: ModelNumber, unreadable: z.string() }),
  ]),
  servability: Servability,
});
export type Case = z.infer<typeof Case>;

const points = (value: number) => value.toFixed(4);
const reason = (rule: Reason["rule"], holds: boolean, message: string): Reason => ({ rule, holds, message });

/** The four rules of the design; promotes only if all hold. What cannot be evaluated fails closed. */
export const decide = verb(Case, ({ challenger, champion, servability }, policy: GatePolicy): Verdict => {
  const reasons = [floors(challenger, policy)];
  let probability: number | null = null;
  if (champion !== "none") {
    const fault = "unreadable" in champion ? champion.unreadable : incomparable(challenger, champion.report);
    reasons.unshift(
      reason("evaluable", fault === null, fault ?? "Both were evaluated on the same test pictures"),
    );
    if (fault === null && "report" in champion) {
      probability = probabilityBetter(
        differences(challenger, champion.report, policy),
        policy.resamples,
        policy.seed,
      );
      reasons.push(better(challenger, champion.report), bootstrap(probability, policy));
      reasons.push(slices(challenger, champion.report, policy));
    }
  }
  reasons.push(servable(servability, policy));
  const decision = reasons.every((r) => r.holds) ? "promote" : "keep";
  return { decision, reasons, champion: champion === "none" ? null : champion.number, probability };
});

function incomparable(challenger: Report, champion: Report): string | null {
  const ids = (report: Report) => report.images.map((image) => image.id).join("\n");
  if (challenger.datasetVersion !== champion.datasetVersion)
    return "They were evaluated on different dataset versions";
  if (ids(challenger) !== ids(champion)) return "They were evaluated on different test pictures";
  return null;
}

/** Challenger minus champion, per image; one image counts at most the cap (Winsorised differences). */
const differences = (challenger: Report, champion: Report, { differenceCap: cap }: GatePolicy) =>
  challenger.images.map((image, i) => Math.max(-cap, Math.min(cap, image.dice - champion.images[i].dice)));

function better(a: Report, b: Report): Reason {
  const holds = a.dice > b.dice && a.iou > b.iou;
  const text = `Dice ${points(a.dice)} against ${points(b.dice)}, IoU ${points(a.iou)} against ${points(b.iou)}`;
  return reason("better", holds, text);
}

function bootstrap(probability: number, policy: GatePolicy): Reason {
  const text = `better with probability ${probability.toFixed(3)}, asked for ${policy.probability}`;
  return reason("bootstrap", probability >= policy.probability, text);
}

function floors(challenger: Report, { diceFloor, iouFloor }: GatePolicy): Reason {
  const { images, dice, iou } = challenger;
  if (images.length === 0) return reason("floors", false, "The test split is empty: nothing can be measured");
  const text = `Dice ${points(dice)} (floor ${diceFloor}), IoU ${points(iou)} (floor ${iouFloor})`;
  return reason("floors", dice >= diceFloor && iou >= iouFloor, text);
}

function slices(challenger: Report, champion: Report, policy: GatePolicy): Reason {
  const broken: string[] = [];
  const tooFew: string[] = [];
  for (const name of Slice.options) {
    const [before, after] = [champion.slices[name], challenger.slices[name]];
    if (!before && !after) continue;
    if (before?.count !== after?.count || !before || !after) {
      broken.push(`${name} has ${after?.count ?? 0} photos, for the champion ${before?.count ?? 0}`);
    } else if (before.count < policy.sliceMinimum) {
      tooFew.push(`${name} (${before.count})`);
    } else if (before.dice - after.dice > policy.sliceDrop) {
      broken.push(`${name} falls by ${points(before.dice - after.dice)} on ${before.count} photos`);
    }
  }
  if (broken.length > 0) return reason("slices", false, broken.join("; "));
  const unjudged = tooFew.length > 0 ? `; with too few photos to judge: ${tooFew.join(", ")}` : "";
  return reason("slices", true, `no slice falls by more than ${policy.sliceDrop}${unjudged}`);
}

function servable(s: Servability, { agreement, latencyMsBudget }: GatePolicy): Reason {
  if (s.error !== null) return reason("servable", false, `The serving app refused it: ${s.error}`);
  if (s.photos === 0) return reason("servable", false, "The serving app was asked no photo");
  const text = `${s.photos} photos served, agreement ${s.agreement.toFixed(5)} (asked for ${agreement}), p95 ${Math.round(s.latencyMsP95)} ms (budget ${latencyMsBudget} ms)`;
  return reason("servable", s.agreement >= agreement && s.latencyMsP95 <= latencyMsBudget, text);
}
