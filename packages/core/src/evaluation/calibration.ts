import type { Calibration, PerImage } from "./report";

const GROUPS = 10;
/** Fewer photos than this in a group say little about it. */
const SMALLEST = 8;

/**
 * A model's confidence on a photo, the mean probability inside its mask, against the share of that mask that is true:
 * they are equal when its probabilities are right. Photos go into groups of equal numbers by confidence; the error is the
 * mean over the groups of their difference, weighted by size (Guo et al. 2017; equal numbers: Nixon et al. 2019).
 */
export function calibrate(images: readonly PerImage[]): Calibration {
  const marked = images.flatMap(({ confidence, precision }) =>
    precision === null ? [] : [{ confidence, precision }],
  );
  marked.sort((a, b) => a.confidence - b.confidence);
  const wanted = Math.min(GROUPS, Math.max(1, Math.floor(marked.length / SMALLEST)));
  const edge = (i: number) => Math.round((i * marked.length) / wanted);
  const groups = Array.from({ length: wanted }, (_, i) => marked.slice(edge(i), edge(i + 1)))
    .filter((group) => group.length > 0)
    .map((group) => ({
      count: group.length,
      confidence: mean(group.map((photo) => photo.confidence)),
      precision: mean(group.map((photo) => photo.precision)),
    }));
  const gaps = groups.map((g) => (g.count / marked.length) * Math.abs(g.confidence - g.precision));
  return {
    groups,
    error: groups.length > 0 ? gaps.reduce((sum, gap) => sum + gap, 0) : null,
    unmarked: images.length - marked.length,
  };
}

/** Not over 1 by rounding, as a fraction's mean is none. */
const mean = (values: readonly number[]) =>
  Math.min(1, values.reduce((sum, value) => sum + value, 0) / values.length);
