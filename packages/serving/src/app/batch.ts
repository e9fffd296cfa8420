import { accepts } from "hono/accepts";
import { answer, describe } from "./answer";
import { sourceOf } from "./body";
import type { Chosen } from "./choose";
import type { AppContext, Serving } from "./context";
import { note } from "./errors";
import { inLanes, inOrder } from "./lanes";
import type { BatchAnswer, BatchLine, BatchResult } from "./schemas";
import { type Batch, manyPhotos } from "./upload";
import { withModel } from "./with-model";

export const NDJSON = "application/x-ndjson";

/**
 * `/batch-predict`: each photo gets its own answer or error; all are asked of the same model, several at once while
 * nobody else asks. As one JSON at the end, or as NDJSON: a line for each photo once it and those before it are done.
 */
export const batchPredict = (serving: Serving) => async (c: AppContext) => {
  const supports = ["application/json", NDJSON];
  const type = accepts(c, { header: "Accept", supports, default: "application/json" });
  return type === NDJSON ? streamed(serving, c) : whole(serving, c);
};

const whole = (serving: Serving, c: AppContext) =>
  withBatch(serving, c, async (chosen, batch) => {
    const results: BatchResult[] = [];
    const work = async (i: number) => {
      results[i] = await resultOf(serving, c, chosen, batch.photos[i]);
    };
    await inLanes(batch.photos.length, serving.slots, work, () => c.req.raw.signal.aborted);
    c.header("Vary", "Accept");
    return c.json<BatchAnswer>({ model_version: chosen.model.number, results });
  });

/** Answers as soon as the batch may begin; what refuses it as a whole is still a status of its own. */
const streamed = (serving: Serving, c: AppContext): Promise<Response> =>
  new Promise((begin, refuse) => {
    const ended = withBatch(serving, c, async (chosen, { photos }) => {
      const { body, write, close, isGone } = lines();
      c.set(
        "streaming",
        ended.catch(() => undefined),
      );
      c.header("Vary", "Accept");
      begin(c.body(body, 200, { "Content-Type": NDJSON, "X-Accel-Buffering": "no" }));
      const { length: total } = photos;
      const hand = inOrder<BatchResult>((result, index) =>
        write({ index, done: index + 1, total, ...result }),
      );
      const work = async (i: number) => hand(await resultOf(serving, c, chosen, photos[i]), i);
      try {
        await inLanes(total, serving.slots, work, isGone);
      } finally {
        close();
      }
    });
    ended.catch(refuse);
  });

/** A body to which lines are written. They wait in memory for a slow reader, who so keeps no slot from others. */
function lines() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
    },
    cancel: () => {
      controller = undefined;
    },
  });
  return {
    body,
    isGone: () => controller === undefined,
    write: (line: BatchLine) => controller?.enqueue(encoder.encode(`${JSON.stringify(line)}\n`)),
    close: () => controller?.close(),
  };
}

/** Reads the batch, then takes a slot and a model for all of it. */
const withBatch = <T>(
  serving: Serving,
  c: AppContext,
  work: (chosen: Chosen, batch: Batch) => Promise<T>,
): Promise<T> =>
  serving.uploads.hold(async (account) => {
    const batch = await manyPhotos(sourceOf(c), serving.limits, account);
    serving.metrics.batchSize.observe(batch.photos.length);
    c.set("batch", { answered: 0, refused: 0 });
    try {
      return await withModel(serving, c, (chosen) => work(chosen, batch));
    } finally {
      batch.close();
    }
  });

async function resultOf(
  serving: Serving,
  c: AppContext,
  chosen: Chosen,
  { name, read }: Batch["photos"][number],
): Promise<BatchResult> {
  const counted = c.get("batch") ?? { answered: 0, refused: 0 };
  try {
    const answered = await answer(serving, c, chosen, { name, bytes: await read() });
    counted.answered++;
    return { name, ...describe(answered) };
  } catch (error) {
    counted.refused++;
    return { name, error: note(error, c, serving).failure };
  }
}
