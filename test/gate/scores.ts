import { readFileSync } from "node:fs";
import { PerImage } from "@sluice/core/evaluation/index";
import * as z from "zod/v4";

const Scored = PerImage.pick({ id: true, dice: true, iou: true, slices: true });
export type Scored = z.infer<typeof Scored>;

/** What two trainings of one recipe, with different seeds, scored on the same unseen photos. */
export const TwoTrainings = z.object({
  /** Which models, which photos. */
  about: z.string(),
  first: z.array(Scored).min(1),
  /** As `first`: the same photos in the same order. */
  second: z.array(Scored).min(1),
});
export type TwoTrainings = z.infer<typeof TwoTrainings>;

/** The real scores kept beside this file: numbers only. */
export function realScores(): TwoTrainings {
  const file = new URL("scores.json", import.meta.url);
  const scores = TwoTrainings.parse(JSON.parse(readFileSync(file, "utf8")));
  const ids = (images: readonly Scored[]) => images.map((image) => image.id).join("\n");
  if (ids(scores.first) !== ids(scores.second)) {
    throw new RangeError("scores.json: its two trainings scored different photos");
  }
  return scores;
}
