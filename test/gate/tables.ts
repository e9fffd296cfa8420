import type { GatePolicy } from "@sluice/core";
import { confidence, type Rates } from "./rates";
import type { TwoTrainings } from "./scores";

/** One line of the curve: a true improvement, and how often it is promoted on test splits of several sizes. */
export interface Line {
  improvement: number;
  cells: (Rates & { photos: number })[];
}

/** What a policy promotes on 120 photos, also where each model now and then finds nothing on a photo. */
export interface Trade {
  policy: GatePolicy;
  equal: Rates;
  better: Rates;
  equalFailing: Rates;
  betterFailing: Rates;
}

const row = (...cells: string[]) => `| ${cells.join(" | ")} |`;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const rate = ({ promoted, trials }: Rates) => percent(promoted / trials);
/** A difference in Dice, in points with its sign: `+1.0`. */
export const points = (dice: number) => `${dice > 0 ? "+" : ""}${(100 * dice).toFixed(1)}`;

/** What the figures of a page stand for: they are stale when this line is no longer today's. */
export const settingsLine = (policy: GatePolicy, scores: TwoTrainings) =>
  `Probability ${policy.probability}, cap ${policy.differenceCap}, ${policy.resamples} resamples, slices of ${policy.sliceMinimum} photos and more may fall by ${policy.sliceDrop}; scores: ${scores.about}`;

/** The promotion rate by true improvement (down) and photos in the test split (across), as Markdown. */
export function curveTable(lines: readonly Line[], policy: GatePolicy, scores: TwoTrainings): string {
  const sizes = lines[0].cells.map((cell) => `${cell.photos} photos`);
  const { trials } = lines[0].cells[0];
  const within = (share: number) => {
    const [low, high] = confidence({ promoted: share * trials, trials });
    return ((100 * (high - low)) / 2).toFixed(1);
  };
  return [
    `${settingsLine(policy, scores)}.`,
    "",
    row("truly better by (Dice points)", ...sizes),
    row("---:", ...sizes.map(() => "---:")),
    ...lines.map((line) => row(points(line.improvement), ...line.cells.map(rate))),
    "",
    `${trials} trials in each cell: a figure near 50 % is right within ${within(0.5)} points, one near 5 % within ${within(0.05)}.`,
  ].join("\n");
}

/** Both sides of the trade: what each policy lets through that it should not, and what it holds back. */
export function tradeTable(trades: readonly Trade[], { probability, differenceCap }: GatePolicy): string {
  const lines = trades.map(({ policy, equal, better, equalFailing, betterFailing }) => {
    const isDefault = policy.probability === probability && policy.differenceCap === differenceCap;
    const name = `${policy.probability}${isDefault ? " (default)" : ""}`;
    const cap = policy.differenceCap === 1 ? "none" : `${policy.differenceCap}`;
    return row(name, cap, rate(equal), rate(better), rate(equalFailing), rate(betterFailing));
  });
  return [
    row("`probability`", "`differenceCap`", "equal", "+1.0", "equal, failing alone", "+1.0, failing alone"),
    row("---:", "---:", "---:", "---:", "---:", "---:"),
    ...lines,
  ].join("\n");
}
