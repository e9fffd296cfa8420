import type { Clock } from "@sluice/core/ports";

export const systemClock: Clock = { now: () => Date.now() };
