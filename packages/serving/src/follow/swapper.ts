import type { Blobs, Clock, Release } from "@sluice/core";
import type { ModelProblem, ModelState, Models } from "../app/deps";
import type { Held } from "./held";
import { createLoader, type LoadOptions, toProblem } from "./loader";

export type SwapOptions = LoadOptions;
/** What a release document says of models. */
export type Wanted = Pick<Release.Info, "champion" | "canary" | "weight">;

/** Holds the models that serve, and lets another take part only once it is loaded and warmed. */
export function createSwapper(world: { blobs: Blobs; clock: Clock }, options: SwapOptions) {
  const { report = () => {} } = options;
  const loader = createLoader(world, options);
  let champion: Held | undefined;
  let canary: Held | undefined;
  let weight = 0;
  let wanted: Wanted | undefined;
  let unread: ModelProblem | undefined;
  let reason = "No model has been released yet";

  const problem = () => {
    const numbers = [wanted?.champion, wanted?.canary].filter((n) => n !== null && n !== undefined);
    return unread ?? numbers.map(loader.problem).find((p) => p !== undefined) ?? null;
  };

  return {
    models: (): Models => ({ champion, canary, weight: canary ? weight : 0 }),
    state: (): ModelState => {
      const loading = loader.loading();
      const found = problem();
      if (loading !== undefined) return { reason: `Model ${loading} is being loaded`, problem: found };
      return { reason: found?.message ?? reason, problem: found };
    },
    /** What is given up stops at once, what is new takes part once it is loaded; the champion is loaded first. */
    async moveTo(release: Wanted) {
      unread = undefined;
      wanted = release;
      if (release.champion === null) reason = "The release says that no model serves";
      // A canary that is taken back must not wait for anything; one that becomes the champion stays open.
      const promoted = canary && canary.number === release.champion ? canary : undefined;
      if (promoted) champion = promoted;
      if (canary?.number !== release.canary) canary = undefined;
      weight = release.weight;

      const next = release.champion === null ? undefined : await loader.get(release.champion);
      // A champion that cannot be loaded leaves the one before it serving.
      if (next || release.champion === null) champion = next;
      canary = release.canary === null ? undefined : await loader.get(release.canary);
      const numbers = [release.champion, release.canary].filter((n) => n !== null);
      loader.keepOnly(
        [champion, canary].filter((m) => m !== undefined),
        numbers,
      );
    },
    /** The release cannot be read: what serves goes on. Reported once, not at every look. */
    cannotRead(error: unknown, retryInMs: number) {
      const found = toProblem(null, error);
      if (unread?.message !== found.message) report({ kind: "failed", problem: found, retryInMs });
      unread = found;
    },
    async close() {
      champion = undefined;
      canary = undefined;
      reason = "The server is stopping";
      loader.keepOnly([], []);
      await loader.closed();
    },
  };
}
