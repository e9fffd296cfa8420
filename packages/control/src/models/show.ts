import * as Registry from "@sluice/core/registry/index";

/** A model with its own part of the registry's history: when it became champion, and why. Throws `model.not_found`. */
export function show(number: number, registry: Registry.Info) {
  const model = Registry.find(registry, number);
  const changes = registry.changes.filter((change) => change.champion === number);
  return { ...model, isChampion: registry.champion === number, changes };
}
