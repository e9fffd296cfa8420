/** Seconds; around the 2 s latency budget of the gate, and fine enough where the served models answer. */
export const LATENCY = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** A window fills from a thousandth of a photo to all of it; each bound is about double the last. */
export const AREA_RATIO = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1];

/** Inside a window the probability is above the threshold; good models are near 1. */
export const CONFIDENCE = [0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.99, 1];

/** Photos. */
export const BATCH_SIZE = [1, 2, 4, 8, 16, 32, 64, 128];
