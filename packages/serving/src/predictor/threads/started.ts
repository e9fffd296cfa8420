import { Worker } from "node:worker_threads";
import { type Answer, type Answered, type Question, toError } from "./protocol";

export type Asked<Kind extends Question["ask"]> = Extract<Question, { ask: Kind }>;

export interface Thread {
  /** Resolves with the prediction of a photo. Throws what the thread threw, or that it ended. */
  ask(question: Question, moved?: ArrayBuffer[]): Promise<Answered | undefined>;
  end(): Promise<void>;
}

/** In the bundle of the container the program lies beside this file's chunk. */
const PROGRAM = import.meta.url.endsWith(".ts") ? "./thread.mjs" : "./thread.js";

/** @param died is called once, when the thread has ended by itself */
export function startThread(died: (hasAnswered: boolean) => void): Thread {
  const worker = new Worker(new URL(PROGRAM, import.meta.url));
  const open = new Map<number, { resolve(found?: Answered): void; reject(error: unknown): void }>();
  let [asked, ended, hasAnswered] = [0, false, false];
  const refuseAll = (error: unknown) => {
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };

  worker.on("message", (answer: Answer) => {
    hasAnswered = true;
    const question = open.get(answer.id);
    open.delete(answer.id);
    if (answer.outcome === "done") question?.resolve(answer.prediction);
    else question?.reject(toError(answer.failure));
  });
  worker.on("error", refuseAll);
  worker.on("exit", (code) => {
    refuseAll(new Error(`A predicting thread ended (${code})`));
    if (ended) return;
    ended = true;
    died(hasAnswered);
  });

  return {
    ask(question, moved = []) {
      return new Promise((resolve, reject) => {
        if (ended) return reject(new Error("The predicting threads have ended"));
        const id = asked++;
        open.set(id, { resolve, reject });
        worker.postMessage({ id, question }, moved);
      });
    },
    async end() {
      ended = true;
      await worker.terminate();
    },
  };
}
