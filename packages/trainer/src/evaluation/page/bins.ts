import type { Evaluation } from "@sluice/core";
import { percentile } from "../report";
import type { Bin } from "./charts";

type Scores = readonly number[];
const DICE_STEP = 0.02;
const EDGE_BINS = 14;

/** Dice in steps of 0.02 up to 1; all that is below the range of nearly all photos is one bin. */
export function diceBins(report: Evaluation.Report, champion: Evaluation.Report | null): Bin[] {
  const of = ({ images }: Evaluation.Report) => images.map(({ dice }) => dice);
  const [after, before] = [of(report), champion ? of(champion) : null];
  const from = Math.min(0.8, Math.max(0, Math.floor(10 * percentile(after, 0.1)) / 10));
  const steps = Math.round((1 - from) / DICE_STEP);
  const edge = (i: number) => from + i * DICE_STEP;
  const stepOf = (dice: number) => Math.min(steps - 1, Math.floor((dice - from) / DICE_STEP + 1e-9));
  const bins = Array.from({ length: steps }, (_, i) =>
    bin(`${edge(i).toFixed(2)} to ${edge(i + 1).toFixed(2)}`, after, before, (dice) => stepOf(dice) === i),
  );
  const ticked = bins.map((b, i) => ({ ...b, tick: i % 5 === 0 ? edge(i).toFixed(1) : null }));
  return from === 0 ? ticked : [bin(`below ${from}`, after, before, (dice) => stepOf(dice) < 0), ...ticked];
}

/** Distances in steps that are round numbers of px, so that nearly all photos fit; what is beyond is the last bin. */
export function edgeBins(report: Evaluation.Report, champion: Evaluation.Report | null): Bin[] {
  const of = ({ images }: Evaluation.Report) =>
    images.flatMap(({ boundaryPx }) => (boundaryPx === null ? [] : [boundaryPx]));
  const [after, before] = [of(report), champion ? of(champion) : null];
  const reach = percentile(after, 0.95) / (EDGE_BINS - 1);
  const step = [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50].find((s) => s >= reach) ?? 100;
  return Array.from({ length: EDGE_BINS }, (_, i) => {
    const isLast = i === EDGE_BINS - 1;
    const name = isLast
      ? `${short(i * step)} px and more`
      : `${short(i * step)} to ${short((i + 1) * step)} px`;
    const isIn = (d: number) => Math.min(EDGE_BINS - 1, Math.floor(d / step)) === i;
    return {
      ...bin(name, after, before, isIn),
      tick: isLast ? `${short(i * step)}+` : i % 3 === 0 && i < EDGE_BINS - 2 ? short(i * step) : null,
    };
  });
}
const short = (value: number) => String(Number(value.toFixed(2)));

const bin = (name: string, after: Scores, before: Scores | null, isIn: (value: number) => boolean): Bin => ({
  name,
  count: after.filter(isIn).length,
  before: before?.filter(isIn).length ?? null,
  tick: null,
});
