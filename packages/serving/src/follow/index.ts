import { type Blobs, type Clock, type Documents, Release } from "@sluice/core";
import type { LoadedModel, ModelState, Models } from "../app/deps";
import { createSwapper, type SwapOptions } from "./swapper";

export type { FollowEvent } from "./loader";

export interface FollowOptions extends SwapOptions {
  /** How often the release document is read; 0 leaves it to `check`. */
  pollMs?: number;
}

export interface Follower {
  /** Champion and canary, as far as they are loaded and warmed. */
  models(): Models;
  /** The champion. */
  model(): LoadedModel | undefined;
  state(): ModelState;
  /** Looks once, now; a look under way is waited for instead. Never throws: see `state`. */
  check(): Promise<void>;
  /** Looks no more, and closes the model once the requests it still answers are done. */
  close(): Promise<void>;
}

/**
 * Follows the release document: a new champion, or a canary, is loaded and warmed beside the old one and takes part
 * between two requests; the loser is closed when its last request is done. One that fails leaves the champion serving,
 * is reported, and is tried again.
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
      if (release && !closed) await swapper.moveTo(release);
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
    models: swapper.models,
    model: () => swapper.models().champion,
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
