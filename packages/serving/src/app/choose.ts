import { Release } from "@sluice/core";
import type { LoadedModel, Models } from "./deps";

export interface Chosen {
  role: Release.Role;
  model: LoadedModel;
  /** `replay`: the request named its role itself, and says nothing about what clients get. */
  traffic: "live" | "replay";
}

/** With this header a request names its role: test photos are replayed so, and two models compared on one photo. */
export const ROLE_HEADER = "Sluice-Role";

/**
 * The model of a request, by the hash of its id. Undefined: none is loaded, or not the one that was asked for.
 *
 * @param asked what the request's header `Sluice-Role` says
 */
export function choose(models: Models, requestId: string, asked?: string): Chosen | undefined {
  const named = asked === undefined ? undefined : Release.Role.safeParse(asked).data;
  if (named) return chosen(models[named], named, "replay");
  if (!models.canary) return chosen(models.champion, "champion", "live");
  const role = models.champion ? Release.roleOf(requestId, models) : "canary";
  return chosen(models[role], role, "live");
}

/** Who answers in its place when a canary fails: clients do not pay for an experiment. */
export const standIn = (models: Models, { role, traffic }: Chosen): Chosen | undefined =>
  role === "canary" && traffic === "live" ? chosen(models.champion, "champion", "live") : undefined;

const chosen = (
  model: LoadedModel | undefined,
  role: Release.Role,
  traffic: Chosen["traffic"],
): Chosen | undefined => model && { role, model, traffic };
