import { table } from "../format/table";
import type { Io } from "../io";
import type { Estimate, Line } from "./estimate";
import { AS_OF } from "./prices";

/** The reference project's disk, which its own table of costs leaves out. */
const REFERENCE_DISK_GB = 100;

export interface Subject {
  stage: string;
  region: string;
  gp3GbMonth: number;
  runsPerMonth: number;
  predictionsPerMonth: number;
}

/** For people: what a month costs when nothing happens, what a run adds, and what a busy month comes to. */
export function costText(
  { idle, run, thousandPredictions, totals }: Estimate,
  about: Subject,
  io: Io,
): string {
  const part = (title: string, lines: Line[], total: number) =>
    [io.colours.bold(title), rows(lines, total, io)].join("\n");
  const disk = REFERENCE_DISK_GB * about.gp3GbMonth;
  return [
    `Stage ${about.stage} in ${about.region}: US dollars, list prices as of ${AS_OF}, an estimate`,
    part("A month in which nothing happens", idle, totals.idle),
    part("One run", run, totals.run),
    part("A thousand predictions", thousandPredictions, totals.thousandPredictions),
    `A month with ${about.runsPerMonth} runs and ${about.predictionsPerMonth} predictions: ${usd(totals.month)}`,
    `A disk of ${REFERENCE_DISK_GB} GB alone would be ${usd(disk)} a month.`,
  ].join("\n\n");
}

function rows(lines: Line[], total: number, io: Io): string {
  const body = lines.map(({ name, how, usd: sum }) => [`  ${name}`, usd(sum), how]);
  return table(["  ", "", ""], [...body, ["  total", io.colours.bold(usd(total)), ""]], io);
}

/** Cents for a month, more digits for what is small. */
export const usd = (sum: number): string => `$${sum === 0 || sum >= 1 ? sum.toFixed(2) : sum.toFixed(4)}`;
