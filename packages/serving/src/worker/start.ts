import { Worker } from "node:worker_threads";
import { type Failure, toError } from "./failure";

/** What a worker says of the question with that number. */
export type Answer<Found> = { id: number } & (
  | { outcome: "done"; found: Found }
  | { outcome: "failed"; failure: Failure }
);

/** A thread of its own that answers questions, one after the other. */
export interface Thread<Question, Found> {
  /** @param moved buffers that are given away, not copied. Throws what the worker threw, or that it ended. */
  ask(question: Question, moved?: ArrayBuffer[]): Promise<Found>;
  hasEnded(): boolean;
  end(): Promise<void>;
}

/** As source and, beside the chunks of the container's bundle, as a file of its own. */
export interface Program {
  source: URL;
  bundled: string;
}

const isSource = import.meta.url.endsWith(".ts");
const SOURCE_LOADER = new URL("./program.mjs", import.meta.url);

/** @param died is called once, when the worker has ended by itself */
export function startWorker<Question, Found>(
  { source, bundled }: Program,
  died: (hasAnswered: boolean) => void = () => {},
): Thread<Question, Found> {
  const worker = isSource
    ? new Worker(SOURCE_LOADER, { workerData: source.href })
    : new Worker(new URL(bundled, import.meta.url));
  const open = new Map<number, { resolve(found: Found): void; reject(error: unknown): void }>();
  let [asked, ended, hasAnswered] = [0, false, false];
  const refuseAll = (error: unknown) => {
    for (const { reject } of open.values()) reject(error);
    open.clear();
  };

  worker.on("message", (answer: Answer<Found>) => {
    hasAnswered = true;
    const question = open.get(answer.id);
    open.delete(answer.id);
    if (answer.outcome === "done") question?.resolve(answer.found);
    else question?.reject(toError(answer.failure));
  });
  worker.on("error", refuseAll);
  worker.on("exit", (code) => {
    refuseAll(new Error(`A worker thread ended (${code})`));
    if (ended) return;
    ended = true;
    died(hasAnswered);
  });

  return {
    ask(question, moved = []) {
      return new Promise((resolve, reject) => {
        if (ended) return reject(new Error("The worker thread has ended"));
        const id = asked++;
        open.set(id, { resolve, reject });
        worker.postMessage({ id, question }, moved);
      });
    },
    hasEnded: () => ended,
    async end() {
      ended = true;
      await worker.terminate();
    },
  };
}
