import type { ReleasePolicy } from "../settings/release-policy";

/** A stretch of a release: the share of the requests that the new model answers, and how long it is watched. */
export interface Phase {
  weight: number;
  windowSeconds: number;
}

/** What a strategy does before all traffic is the new model's for good. None: nothing, it takes over at once. */
export function phasesOf({ strategy, canaryWeight, windowSeconds }: ReleasePolicy): Phase[] {
  switch (strategy) {
    case "direct":
      return [];
    case "canary":
      return [{ weight: canaryWeight, windowSeconds }];
    case "blue-green":
      return [
        { weight: 0, windowSeconds: 0 },
        { weight: 1, windowSeconds },
      ];
  }
}
