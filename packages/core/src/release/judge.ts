import * as z from "zod";
import type { ReleasePolicy } from "../settings/release-policy";
import { Figures } from "./figures";

/** Champion and canary over the same window. */
export const Pair = z.object({ champion: Figures, canary: Figures });
export type Pair = z.infer<typeof Pair>;

/** What was seen of a canary. Live requests and replayed test photos are told apart. */
export const Observation = z.object({ live: Pair, replayed: Pair });
export type Observation = z.infer<typeof Observation>;

/** `inconclusive` goes back, too: what cannot be judged is not released. */
export const CanaryVerdict = z.object({
  verdict: z.enum(["good", "bad", "inconclusive"]),
  reasons: z.array(z.string()),
});
export type CanaryVerdict = z.infer<typeof CanaryVerdict>;

/** Requests that the canary was seen with, of both kinds. */
export const seen = ({ live, replayed }: Observation) => live.canary.requests + replayed.canary.requests;

/**
 * What is already certain before the window is over: null while nothing is. A canary that fails is not watched to the
 * end; one that does well is.
 */
export function judgeEarly(seen: Observation, policy: ReleasePolicy): CanaryVerdict | null {
  const reasons = faults(seen, policy);
  return reasons.length === 0 ? null : { verdict: "bad", reasons };
}

/** At the end of the window. */
export function judge(observation: Observation, policy: ReleasePolicy): CanaryVerdict {
  const reasons = faults(observation, policy);
  if (reasons.length > 0) return { verdict: "bad", reasons };
  const { live, replayed } = observation;
  const counted = `${live.canary.requests} requests and ${replayed.canary.requests} replayed photos`;
  if (seen(observation) < policy.minimumRequests) {
    const missing = `it answered ${counted}; ${policy.minimumRequests} are needed to judge it`;
    return { verdict: "inconclusive", reasons: [missing] };
  }
  return { verdict: "good", reasons: [`${counted} answered as well as by the champion`] };
}

function faults({ live, replayed }: Observation, policy: ReleasePolicy): string[] {
  return [...pairFaults("requests", live, policy), ...pairFaults("replayed photos", replayed, policy)];
}

function pairFaults(what: string, { champion, canary }: Pair, policy: ReleasePolicy): string[] {
  const { minimumRequests: minimum, errorRate, p99Ms, p99Ratio, areaRatio, confidenceDifference } = policy;
  // Certain already: so many errors are too many, even if the rest up to the minimum went well.
  const isFailing = canary.errors > 0 && canary.errors / Math.max(canary.requests, minimum) >= errorRate;
  const found = isFailing ? [`${canary.errors} of ${canary.requests} ${what} failed`] : [];
  // Percentiles and means of a few say little.
  const enough = Math.min(minimum, 20);
  if (canary.requests < enough) return found;
  if (canary.p99Ms !== null && canary.p99Ms > p99Ms)
    found.push(`99 % of its ${what} take up to ${ms(canary.p99Ms)}, and ${ms(p99Ms)} is the most`);
  if (champion.requests < enough) return found;
  const slower = (canary.p99Ms ?? 0) / (champion.p99Ms || Infinity);
  if (slower > p99Ratio)
    found.push(`99 % of its ${what} take up to ${ms(canary.p99Ms!)}, the champion's ${ms(champion.p99Ms!)}`);
  if (canary.area !== null && champion.area !== null && isFar(canary.area, champion.area, areaRatio))
    found.push(
      `its windows fill ${percent(canary.area)} of the ${what}, the champion's ${percent(champion.area)}`,
    );
  const surer = differs(canary.confidence, champion.confidence);
  if (surer !== null && surer > confidenceDifference)
    found.push(
      `its confidence is ${fixed(canary.confidence)} on ${what}, the champion's ${fixed(champion.confidence)}`,
    );
  return found;
}

/** One finds nothing at all, or both find something of another size. */
const isFar = (a: number, b: number, ratio: number) =>
  Math.max(a, b) > 0 && Math.min(a, b) * ratio < Math.max(a, b);
const differs = (a: number | null, b: number | null) => (a === null || b === null ? null : Math.abs(a - b));

const ms = (value: number) => `${Math.round(value)} ms`;
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const fixed = (value: number | null) => value?.toFixed(2) ?? "none";
