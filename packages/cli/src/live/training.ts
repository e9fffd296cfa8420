import type * as Training from "@sluice/core/training/index";
import { countdown } from "../format/values";
import type { Io } from "../io";

type Progress = Training.Progress;

/** Share of the epochs of the network in training that is done, 0..1. */
export function share({ phase, epoch, epochs, fraction }: Progress): number {
  if (phase === "loading") return 0;
  if (phase !== "training") return 1;
  return epochs === 0 ? 0 : Math.min(1, (Math.max(epoch, 1) - 1 + fraction) / epochs);
}

export function bar(part: number, width: number): string {
  const full = Math.round(Math.max(0, Math.min(1, part)) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

const PHASES: Record<Progress["phase"], string> = {
  loading: "reading the dataset",
  training: "training",
  exporting: "writing the model",
  evaluating: "evaluating on the test split",
  done: "done",
};

/** `locator epoch 12/60 · loss 0.091 · validation Dice 0.873 · 3:07 left`; a network that is alone goes unnamed. */
export function numbers({ network, epoch, epochs, loss, validationDice, secondsLeft }: Progress): string {
  const isOneOfTwo = network === "locator" || network === "refiner";
  const parts = [
    `${isOneOfTwo ? `${network} ` : ""}epoch ${epoch}/${epochs}`,
    loss === null ? null : `loss ${loss.toFixed(3)}`,
    validationDice === null ? null : `validation Dice ${validationDice.toFixed(3)}`,
    secondsLeft === null ? null : `${countdown(secondsLeft)} left`,
  ];
  return parts.filter((part) => part !== null).join(" · ");
}

/** One line that is drawn again and again. */
export function trainingLine(progress: Progress, columns: number, { colours }: Pick<Io, "colours">): string {
  const { phase } = progress;
  if (phase === "loading") return `${PHASES.loading} (${progress.backend ?? "choosing a backend"})`;
  const part = phase === "training" ? share(progress) : progress.fraction;
  const text = phase === "training" ? numbers(progress) : PHASES[phase];
  const width = Math.min(30, columns - text.length - 1);
  // A line that wraps could not be drawn again in its place.
  if (width < 5) return text.slice(0, columns);
  return `${colours.cyan(bar(part, width))} ${text}`;
}

/**
 * The line that an ended epoch, or another phase, deserves where lines are only ever added.
 *
 * @param before what was seen last
 */
export function trainingNews(before: Progress | null, now: Progress): string[] {
  const isSameNetwork = before?.network === now.network || now.phase !== "training";
  if (before?.phase === now.phase && before.epoch === now.epoch && isSameNetwork) return [];
  const news: string[] = [];
  const hasFinishedEpoch = before?.phase === "training" && before.epoch > 0;
  if (hasFinishedEpoch) {
    const { network, epoch, epochs, loss } = before;
    // What the next network says of itself is no news of this one.
    const after = isSameNetwork ? now : { ...before, validationDice: null, secondsLeft: null };
    news.push(numbers({ ...after, network, epoch, epochs, loss }));
  }
  if (before?.phase !== now.phase && now.phase !== "done")
    news.push(`${PHASES[now.phase]}${now.backend ? ` (${now.backend})` : ""}`);
  return news;
}
