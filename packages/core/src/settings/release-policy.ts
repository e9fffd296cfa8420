import * as z from "zod";

/**
 * How a model takes over. `direct`: at once. `canary`: a share of the requests first. `blue-green`: warmed without
 * traffic and checked by replay, then all traffic at once, and back if it does not hold.
 */
export const Strategy = z.enum(["direct", "canary", "blue-green"]);
export type Strategy = z.infer<typeof Strategy>;

/** What each kind of stage does, if its settings say nothing else. */
export const STRATEGIES = {
  dev: "direct",
  staging: "canary",
  prod: "blue-green",
} as const satisfies Record<string, Strategy>;

export const ReleasePolicy = z.object({
  strategy: Strategy.default("direct"),
  /** Share of the requests that a canary answers. */
  canaryWeight: z.number().positive().max(1).default(0.1),
  /** A canary, or a new champion of `blue-green`, is watched for so long. */
  windowSeconds: z.number().positive().default(300),
  /** It answers at least so many; where clients ask less, test photos are replayed to make up the number. */
  minimumRequests: z.number().int().positive().default(50),
  /** Test photos that one look replays, to champion and canary. */
  replaysPerLook: z.number().int().positive().default(10),
  /** It is loaded within this time, or goes back. */
  loadSeconds: z.number().positive().default(120),
  /** Share of the requests that fail by the server's fault: from this on it is bad. */
  errorRate: z.number().positive().max(1).default(0.05),
  /** 99th percentile of the latency: the most at all, and as a multiple of the champion's. */
  p99Ms: z.number().positive().default(2_000),
  p99Ratio: z.number().min(1).default(3),
  /** The windows that it finds are at most so many times as large or as small as the champion's, on average. */
  areaRatio: z.number().min(1).default(1.5),
  /** Its mean confidence differs from the champion's by at most this. */
  confidenceDifference: z.number().positive().max(1).default(0.15),
});
export type ReleasePolicy = z.infer<typeof ReleasePolicy>;
