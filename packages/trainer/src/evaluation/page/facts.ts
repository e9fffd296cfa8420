import type { Dataset, Evaluation, Training } from "@sluice/core";
import type { Overlay } from "../overlays";

/** All that the page and the card tell of a model. */
export interface Facts {
  job: Training.Job;
  trainedAt: string;
  report: Evaluation.Report;
  /** Null where there was none to compare with; without a report where it could not be evaluated. */
  champion: { number: number; report: Evaluation.Report | null } | null;
  /** Pairs of the dataset version. */
  counts: Record<Dataset.Split, number>;
  servability: Training.Servability;
  /** How it was trained, where that is known. */
  course: Course | null;
  overlays: readonly Overlay[];
  /** The training's curves, PNG. */
  curves: Uint8Array | null;
}

export interface Course {
  backend: string;
  networks: readonly { role: string; epochs: readonly Training.EpochRecord[]; bestEpoch: number }[];
}
