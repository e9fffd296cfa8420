import type { Dataset, Evaluation } from "@sluice/core";
import { percentile } from "../report";
import { LIMITS } from "../slices";
import type { Course, Facts } from "./facts";

/** What a slice is called, and which photos are in it. */
export const SLICES: Record<Evaluation.Slice, { title: string; which: string }> = {
  rotated: { title: "Rotated", which: "turned by their EXIF note, as a phone held sideways takes them" },
  dark: { title: "Dark", which: `mean brightness below ${LIMITS.brightness} of 255` },
  blurred: {
    title: "Blurred",
    which: `few sharp edges: variance of the Laplacian below ${LIMITS.sharpness}`,
  },
  small_window: {
    title: "Small window",
    which: `the window covers less than ${LIMITS.area * 100} % of the photo`,
  },
  tilted: {
    title: "Tilted",
    which: `the window is turned by more than ${LIMITS.tiltDegrees}° against the horizontal`,
  },
};

export const INTENDED =
  "It marks the reading window on a photo of a water meter: which pixels belong to it. A step after it, or a person, reads the digits.";

export const LIMITATIONS = [
  "It was measured on photos like those it has learned from. What other cameras, meters or cellars do to it is not in these figures.",
  "It marks one window. A photo with several meters, or with none, was not asked of it.",
  "A true mask is one person’s outline. Where that is a little off, so are these figures.",
  "Its mask is no reading and no proof of one: nobody should be billed by it alone.",
];

export const score = (value: number) => value.toFixed(3);
export const px = (value: number | null) => (value === null ? "–" : `${value.toFixed(1)} px`);
export const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)} %`;
export const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
/** With its sign, which is a minus and no dash. */
export const signed = (value: number, digits: number) =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

/** What the scores are like, in sentences. */
export function inShort({ report, champion }: Facts): string[] {
  const { images } = report;
  if (images.length === 0) return ["There is no test photo, so nothing was measured."];
  return [
    spreadOf(images),
    failures(images),
    ...(champion?.report ? [against(report, champion.report, champion.number)] : []),
  ];
}

function spreadOf(images: readonly Evaluation.PerImage[]): string {
  const scores = images.map(({ dice }) => dice);
  const half = `Half of the photos score ${score(percentile(scores, 0.5))} or more`;
  if (images.length < 20) return `${half}; the worst one scores ${score(Math.min(...scores))}.`;
  const tenth = [...scores].sort((a, b) => a - b)[9];
  return `${half}; the worst ten stay at or below ${score(tenth)}.`;
}

function failures(images: readonly Evaluation.PerImage[]): string {
  const missed = images.filter(({ dice }) => dice < 0.5);
  const unmarked = missed.filter(({ predictedPx }) => predictedPx === 0).length;
  if (missed.length === 0) return "It found every window.";
  const nothing =
    unmarked > 0 ? `; on ${unmarked === missed.length ? "all" : unmarked} of them it marked nothing` : "";
  return `On ${count(missed.length, "photo")} it missed most of the window (a Dice below 0.5)${nothing}.`;
}

function against(report: Evaluation.Report, champion: Evaluation.Report, number: number): string {
  const before = new Map(champion.images.map(({ id, dice }) => [id, dice]));
  const changes = report.images.map(({ id, dice }) => dice - (before.get(id) ?? dice));
  const better = changes.filter((change) => change > 0).length;
  const worse = changes.filter((change) => change < 0).length;
  return `Against model ${number}, the champion, it is better on ${count(better, "photo")} and worse on ${worse}.`;
}

/** How far its edge lies from the true one, in a sentence. */
export function edgeInShort({ report: { images, boundaryPx } }: Facts): string {
  const distances = images.flatMap((image) => (image.boundaryPx === null ? [] : [image.boundaryPx]));
  const shares = images.flatMap((image) => (image.boundaryShare === null ? [] : [image.boundaryShare]));
  if (boundaryPx === null) return "There is no photo on which both edges exist.";
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return `On average the edge that it draws lies ${px(boundaryPx)} from the true one, ${percent(mean, 2)} of the photo’s diagonal; on half of the photos ${px(percentile(distances, 0.5))} or less, on nine in ten ${px(percentile(distances, 0.9))} or less.`;
}

/** Whether its confidence can be believed, in sentences. */
export function confidenceInShort({ report: { images, calibration } }: Facts): string[] {
  const { groups, error } = calibration;
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (error === null) return ["It marked nothing on any photo, so it was never sure of anything."];
  const mean = (of: "confidence" | "precision") =>
    groups.reduce((sum, group) => sum + group.count * group[of], 0) / total;
  const said = `On average it is ${percent(mean("confidence"))} sure of what it marks, and ${percent(mean("precision"))} of that is window.`;
  const off = `Over ${count(groups.length, "group")} of photos, from the least to the most sure, it is off by ${percent(error, 1)} on average (the expected calibration error).`;
  return [said, off, ...warning(images)];
}

/** Whether a low confidence is a sign of a bad answer. */
function warning(images: readonly Evaluation.PerImage[]): string[] {
  if (images.length < 30) return [];
  const first = (of: "confidence" | "dice") => [...images].sort((a, b) => a[of] - b[of]).slice(0, 10);
  const worst = new Set(first("dice").map(({ id }) => id));
  const caught = first("confidence").filter(({ id }) => worst.has(id)).length;
  return [`Of the ten photos that it is least sure of, ${caught} are among the ten worst.`];
}

export const splitSizes = (counts: Record<Dataset.Split, number>) =>
  `${count(counts.train, "photo")} to learn from, ${counts.validation} to choose the best epoch by, ${counts.test} to be judged on`;

export function trainingInShort({ backend, networks }: Course): string {
  const epochs = networks.flatMap((network) => network.epochs);
  const minutes = epochs.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const each = networks.map(
    ({ role, epochs, bestEpoch }) =>
      `the ${role} ${count(epochs.length, "epoch")}, of which number ${bestEpoch} was best`,
  );
  return `It learned for ${minutes.toFixed(1)} minutes on the ${backend} backend: ${each.join("; ")}.`;
}
