import { setTimeout as sleep } from "node:timers/promises";

/** Looks until it sees something. Throws when it has not after the limit, saying what it looked for. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  { limitMs = 180_000, everyMs = 200 } = {},
): Promise<T> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(everyMs)) {
    const seen = await look();
    if (seen) return seen;
  }
  throw new Error(`Not within ${limitMs / 1_000} s: ${what}`);
}
