import { type Blobs, type Dataset, type Evaluation, Training } from "@sluice/core";
import type { Overlay } from "./overlays";
import { type Course, type Facts, modelCard, reportPage } from "./page";

interface Publication {
  job: Training.Job;
  /** All pairs of the dataset version. */
  pairs: readonly Dataset.Pair[];
  trainedAt: string;
  report: Evaluation.Report;
  /** Null where there is none, or none that could be evaluated. */
  champion: Evaluation.Report | null;
  servability: Training.Servability;
  overlays: readonly Overlay[];
  course?: Course;
}

/** Writes the page and the card: beside the evaluation, and into the bundle, with which they go wherever it goes. */
export async function publish(publication: Publication, { blobs }: { blobs: Blobs }): Promise<void> {
  const { job, pairs, champion, course = null } = publication;
  const keys = Training.keys(job.runId);
  const facts: Facts = {
    ...publication,
    course,
    champion: job.champion === null ? null : { number: job.champion, report: champion },
    counts: splitCounts(pairs),
    curves: (await blobs.has(keys.curves)) ? await blobs.get(keys.curves) : null,
  };
  const [page, card] = [reportPage(facts), modelCard(facts)];
  await blobs.put(keys.report, page);
  await blobs.put(keys.card, card);
  await blobs.put(`${keys.bundle}report.html`, page);
  await blobs.put(`${keys.bundle}card.md`, card);
}

function splitCounts(pairs: readonly Dataset.Pair[]): Facts["counts"] {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const { split } of pairs) counts[split]++;
  return counts;
}
