/** A fresh adapter, sharing nothing with those made before. */
export type Make<T> = () => T | Promise<T>;

/** Asks every `everyMs` until the answer is wanted; the last answer, also when the time is up. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  { limitMs = 20_000, everyMs = 20 } = {},
): Promise<T> {
  const until = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer) || Date.now() > until) return answer;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
