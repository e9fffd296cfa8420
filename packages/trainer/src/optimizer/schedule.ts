const WARM_UP_SHARE = 0.25;
const START_SHARE = 1 / 25;
const END_SHARE = 1 / 10_000;

/**
 * Learning rate of a step in the one-cycle schedule (Smith & Topin 2018): up from a 25th of the peak over the
 * first quarter of the steps, then down to nearly zero, both along a cosine.
 *
 * @param step from 0; @param steps of the whole training
 */
export function oneCycle(step: number, steps: number, peak: number): number {
  const warmUp = Math.max(1, Math.floor(WARM_UP_SHARE * steps));
  if (step < warmUp) return cosine(peak * START_SHARE, peak, step / warmUp);
  return cosine(peak, peak * END_SHARE, (step - warmUp) / Math.max(1, steps - 1 - warmUp));
}

/** From `from` at 0 to `to` at 1, level at both ends. */
const cosine = (from: number, to: number, share: number) =>
  to + ((from - to) * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
