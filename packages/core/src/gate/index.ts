import type { Report } from "../evaluation";
import type { GatePolicy } from "../settings";
import type { Servability } from "../training";
import { probabilityBetter } from "./bootstrap";
import type { Reason, Verdict } from "./verdict";

export { probabilityBetter } from "./bootstrap";
export { Reason, Verdict } from "./verdict";

export interface Case {
  challenger: Report;
  /** `none`: there is no champion yet. `unreadable`: there is one that could not be evaluated. */
  champion: { number: number; report: Report } | { unreadable: string; number: number } | "none";
  servability: Servability;
}

const points = (value: number) => value.toFixed(4);
const reason = (rule: Reason["rule"], holds: boolean, message: string): Reason => ({ rule, holds, message });

/** The four rules of the design; promotes only if all hold. What cannot be evaluated fails closed. */
export function decide({ challenger, champion, servability }: Case, policy: GatePolicy): Verdict {
  const reasons = [floors(challenger, policy)];
  let probability: number | null = null;
  if (champion !== "none") {
    const fault = "unreadable" in champion ? champion.unreadable : incomparable(challenger, champion.report);
    reasons.unshift(
      reason("evaluable", fault === null, fault ?? "Both were evaluated on the same test pictures"),
    );
    if (fault === null && "report" in champion) {
      probability = probabilityBetter(
        differences(challenger, champion.report),
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
}

function incomparable(challenger: Report, champion: Report): string | null {
  const ids = (report: Report) => report.images.map((image) => image.id).join("\n");
  if (challenger.datasetVersion !== champion.datasetVersion)
    return "They were evaluated on different dataset versions";
  if (ids(challenger) !== ids(champion)) return "They were evaluated on different test pictures";
  return null;
}

const differences = (challenger: Report, champion: Report) =>
  challenger.images.map((image, i) => image.dice - champion.images[i].dice);

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
  const fallen = Object.entries(champion.slices).flatMap(([name, before]) => {
    const after = challenger.slices[name as keyof Report["slices"]];
    if (before.count < policy.sliceMinimum || !after) return [];
    const fall = before.dice - after.dice;
    return fall > policy.sliceDrop ? [`${name} falls by ${points(fall)} on ${before.count} photos`] : [];
  });
  if (fallen.length > 0) return reason("slices", false, fallen.join("; "));
  return reason("slices", true, `no slice falls by more than ${policy.sliceDrop}`);
}

function servable(s: Servability, { agreement, latencyMsBudget }: GatePolicy): Reason {
  if (s.error !== null) return reason("servable", false, `The serving app refused it: ${s.error}`);
  if (s.photos === 0) return reason("servable", false, "The serving app was asked no photo");
  const text = `${s.photos} photos served, agreement ${s.agreement.toFixed(5)} (asked for ${agreement}), p95 ${Math.round(s.latencyMsP95)} ms (budget ${latencyMsBudget} ms)`;
  return reason("servable", s.agreement >= agreement && s.latencyMsP95 <= latencyMsBudget, text);
}
