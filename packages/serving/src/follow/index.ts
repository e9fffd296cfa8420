import { type Blobs, type Clock, type Documents, Release } from "@sluice/core";
import type { LoadedModel, ModelState } from "../app/deps";
import { createSwapper, type SwapOptions } from "./swapper";

export type { FollowEvent } from "./swapper";

export interface FollowOptions extends SwapOptions {
  /** How often the release document is read; 0 leaves it to `check`. */
  pollMs?: number;
}

export interface Follower {
  model(): LoadedModel | undefined;
  state(): ModelState;
  /** Looks once, now; a look under way is waited for instead. Never throws: see `state`. */
  check(): Promise<void>;
  /** Looks no more, and closes the model once the requests it still answers are done. */
  close(): Promise<void>;
}

/**
 * Follows the release document: a new champion is loaded and warmed beside the old one, then takes over between
 * two requests. One that fails leaves the old one serving, is reported, and is tried again.
 */
export function follow(
  world: { blobs: Blobs; documents: Documents; clock: Clock },
  options: FollowOptions = {},
): Follower {
  const { pollMs = 500 } = options;
  const swapper = createSwapper(world, options);
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const look = async () => {
    try {
      const release = await Release.current(world);
      if (release && !closed) await swapper.moveTo(release.champion);
    } catch (error) {
      swapper.cannotRead(error, pollMs);
    }
  };
  const check = () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const loop = async () => {
    await check();
    if (!closed) timer = setTimeout(loop, pollMs);
  };
  if (pollMs > 0) void loop();

  return {
    model: swapper.model,
    state: swapper.state,
    check,
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
      await swapper.close();
    },
  };
}
