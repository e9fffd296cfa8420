import { startWorker, type Thread } from "../worker/start";
import type { OnnxModel, OnnxOpener } from "./session";
import type { Tensor } from "./tensor";
import type { Found, Question } from "./thread";

const PROGRAM = { source: new URL("./thread.ts", import.meta.url), bundled: "./onnx-thread.js" };

/**
 * Opens models in one thread of their own, started when the first one is opened: while one answers, which may take
 * seconds, this thread goes on. Models in a thread that died are gone; the next ones open in another.
 */
export function onnxThread(): OnnxOpener {
  let thread: Thread<Question, Found> | undefined;
  let models = 0;
  return {
    async open(file, threads) {
      if (!thread || thread.hasEnded()) thread = startWorker(PROGRAM);
      const mine = thread;
      const model = models++;
      const described = (await mine.ask({ ask: "open", model, file, threads })) as OnnxModel;
      return {
        ...described,
        run: async (inputs, outputs) => (await mine.ask({ ask: "run", model, inputs, outputs })) as Tensor[],
        isGone: () => mine.hasEnded(),
        release: async () => {
          if (!mine.hasEnded()) await mine.ask({ ask: "release", model });
        },
      };
    },
    close: async () => thread?.end(),
  };
}
