import type { Clock } from "@sluice/core";

export const systemClock: Clock = { now: () => Date.now() };
