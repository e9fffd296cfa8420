import type { Blobs } from "@sluice/core";
import { startWorker, type Thread as WorkerThread } from "../../worker/start";
import { cpuLimit } from "../cpus";
import { digestOf, type PngPrediction, type Prediction, type Predictor, readBundle } from "../index";
import type { Answered, Question } from "./protocol";

type Thread = WorkerThread<Question, Answered>;
type Source = Extract<Question, { ask: "load" }>;

const PROGRAM = { source: new URL("./thread.ts", import.meta.url), bundled: "./thread.js" };
/** Before another try, where a thread does not even start. */
const PAUSE_MS = 1_000;

export interface PredictorThreads {
  /** How many photos are worked on at once. */
  readonly count: number;
  /**
   * As `loadPredictorFromBlobs`, but the model lives in every thread; it is warm when it is there. One thread is
   * loaded after the other, so that models that serve go on.
   */
  load(prefix: string, world: { blobs: Blobs }): Promise<Predictor>;
  /** Ends the threads; what they are still asked is refused. */
  close(): Promise<void>;
}

/**
 * Threads that predict, for onnxruntime-node keeps the thread that asks it waiting: one for each CPU that the
 * container may use, each with its own sessions. A photo gets all CPUs while it is the only one, else one.
 */
export function predictorThreads({ count = cpuLimit() } = {}): PredictorThreads {
  const sources = new Map<number, Source>();
  const threads: Thread[] = [];
  const idle: Thread[] = [];
  const waiting: ((thread: Thread) => void)[] = [];
  let [models, working, closed] = [0, 0, false];

  const start = () => {
    const thread: Thread = startWorker(PROGRAM, (hasAnswered) => {
      if (hasAnswered) replace(thread);
      else setTimeout(() => replace(thread), PAUSE_MS).unref();
    });
    threads.push(thread);
    giveBack(thread);
    return thread;
  };
  /** A thread that died takes only what it was asked with it: another one loads the same models. */
  const replace = (dead: Thread) => {
    if (closed) return;
    threads.splice(threads.indexOf(dead), 1);
    if (idle.includes(dead)) idle.splice(idle.indexOf(dead), 1);
    const successor = start();
    for (const source of sources.values()) void successor.ask(source).catch(() => undefined);
  };
  const giveBack = (thread: Thread) => {
    if (!threads.includes(thread)) return;
    const next = waiting.shift();
    if (next) next(thread);
    else idle.push(thread);
  };
  const taken = async (): Promise<Thread> => idle.pop() ?? new Promise((resolve) => waiting.push(resolve));

  const predict = async (
    ask: "predict" | "predictPng",
    model: number,
    photo: Uint8Array,
    name: string,
  ): Promise<NonNullable<Answered>> => {
    const thread = await taken();
    working++;
    try {
      // Copied: a photo in a form is a view of the whole body.
      const own = new Uint8Array(photo);
      const question = { ask, model, photo: own, name, alone: working === 1 } as const;
      const answered = await thread.ask(question, [own.buffer]);
      if (!answered) throw new Error("A thread answered a photo with nothing");
      return answered;
    } finally {
      working--;
      giveBack(thread);
    }
  };

  for (let i = 0; i < count; i++) start();
  return {
    count,
    async load(prefix, world) {
      const source = await readBundle(prefix, world);
      const model = models++;
      const question = { ask: "load", model, source, threads: Math.min(4, count) } as const;
      const close = async () => {
        if (!sources.delete(model)) return;
        await Promise.all(threads.map((thread) => thread.ask({ ask: "close", model })));
      };
      sources.set(model, question);
      try {
        for (const thread of [...threads]) await thread.ask(question);
      } catch (error) {
        await close();
        throw error;
      }
      return {
        bundle: source.bundle,
        digest: digestOf(source),
        predict: async (photo, name) => (await predict("predict", model, photo, name)) as Prediction,
        predictPng: async (photo, name) => (await predict("predictPng", model, photo, name)) as PngPrediction,
        warmUp: async () => {}, // each thread warms what it loads
        close,
      };
    },
    async close() {
      closed = true;
      await Promise.all(threads.map((thread) => thread.end()));
    },
  };
}
