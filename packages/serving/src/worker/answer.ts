import { parentPort } from "node:worker_threads";
import { toFailure } from "./failure";
import type { Answer } from "./start";

/**
 * Makes this thread one that answers: one question after the other, as they come.
 *
 * @param moved the buffers of an answer that are given away, not copied
 */
export function answerQuestions<Question, Found>(
  answerTo: (question: Question) => Promise<Found>,
  moved: (found: Found) => ArrayBuffer[] = () => [],
): void {
  let last: Promise<void> = Promise.resolve();
  parentPort?.on("message", ({ id, question }: { id: number; question: Question }) => {
    last = last.then(async () => {
      const answer: Answer<Found> = await answerTo(question).then(
        (found) => ({ id, outcome: "done", found }),
        (error: unknown) => ({ id, outcome: "failed", failure: toFailure(error) }),
      );
      parentPort?.postMessage(answer, answer.outcome === "done" ? moved(answer.found) : []);
    });
  });
}
