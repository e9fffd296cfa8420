import { readFileSync } from "node:fs";
import { PerImage } from "@sluice/core/evaluation/index";

const Scored = PerImage.pick({ id: true, dice: true, iou: true, slices: true });
export type Scored = ReturnType<typeof Scored.parse>;

/** What two trainings, with different seeds, scored on the same unseen photos. */
export interface TwoTrainings {
  /** Which models, which photos. */
  about: string;
  first: Scored[];
  /** As `first`: the same photos in the same order. */
  second: Scored[];
}

/** The real scores kept beside this file: numbers only. */
export function realScores(): TwoTrainings {
  const file = new URL("scores.json", import.meta.url);
  const { about, first, second } = JSON.parse(readFileSync(file, "utf8")) as Record<
    keyof TwoTrainings,
    never
  >;
  const scores = {
    about: String(about),
    first: Scored.array().parse(first),
    second: Scored.array().parse(second),
  };
  const ids = (images: readonly Scored[]) => images.map((image) => image.id).join("\n");
  if (scores.first.length === 0 || ids(scores.first) !== ids(scores.second)) {
    throw new RangeError("scores.json: its two trainings scored different photos, or none");
  }
  return scores;
}
