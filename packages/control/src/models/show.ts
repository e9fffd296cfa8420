import * as Registry from "@sluice/core/registry/index";
import * as z from "zod";

export const ModelAnswer = Registry.Model.extend({
  isChampion: z.boolean(),
  /** When it became champion, and why. */
  changes: Registry.Info.shape.changes,
});
export type ModelAnswer = z.infer<typeof ModelAnswer>;

/** A model with its own part of the registry's history. Throws `model.not_found`. */
export function show(number: number, registry: Registry.Info): ModelAnswer {
  const model = Registry.find(registry, number);
  const changes = registry.changes.filter((change) => change.champion === number);
  return { ...model, isChampion: registry.champion === number, changes };
}
