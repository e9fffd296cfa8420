import * as z from "zod";

/** What one request came to. */
export interface Outcome {
  /** 0: no answer at all. */
  status: number;
  model: number | null;
  /** Of the answer, milliseconds since 1970. */
  at: number;
  ms: number;
}

export interface Load {
  outcomes: Outcome[];
  /** Resolves when the next answer satisfies; never, if none does. */
  next(isIt: (outcome: Outcome) => boolean): Promise<Outcome>;
  /** Starts no more requests; resolves when the last one is answered. */
  stop(): Promise<void>;
}

const Answer = z.object({ model_version: z.number() });

/**
 * Asks for one photo's mask again and again, at a steady rate whatever the answers take.
 *
 * @param options.mostUnderWay where so many wait, a request is left out: a machine that is too busy for the rate is
 *   asked less
 */
export function startLoad(
  url: string,
  photo: Uint8Array<ArrayBuffer>,
  { perSecond = 100, mostUnderWay = 24 } = {},
): Load {
  const outcomes: Outcome[] = [];
  const waiting: { isIt: (outcome: Outcome) => boolean; resolve: (outcome: Outcome) => void }[] = [];
  const underWay = new Set<Promise<void>>();

  const ask = async () => {
    const started = performance.now();
    const { status, model } = await answerOf(url, photo);
    const outcome = { status, model, at: Date.now(), ms: performance.now() - started };
    outcomes.push(outcome);
    for (const { isIt, resolve } of waiting) if (isIt(outcome)) resolve(outcome);
  };
  const timer = setInterval(() => {
    if (underWay.size >= mostUnderWay) return;
    const request = ask().finally(() => underWay.delete(request));
    underWay.add(request);
  }, 1_000 / perSecond);

  return {
    outcomes,
    next: (isIt) => new Promise((resolve) => waiting.push({ isIt, resolve })),
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

async function answerOf(url: string, photo: Uint8Array<ArrayBuffer>) {
  try {
    const headers = { "content-type": "image/png", accept: "application/json" };
    const response = await fetch(`${url}/predict`, { method: "POST", body: photo, headers });
    const answer = Answer.safeParse(await response.json());
    return { status: response.status, model: answer.data?.model_version ?? null };
  } catch {
    return { status: 0, model: null };
  }
}
