// A program: the thread in which imported models answer, for onnxruntime keeps whoever asks it waiting.
import { answerQuestions } from "../worker/answer";
import { type OnnxModel, openOnnx } from "./session";
import type { Tensor } from "./tensor";

/** What the thread is asked. Models are told apart by a number of the asker's. */
export type Question =
  | { ask: "open"; model: number; file: Uint8Array; threads: number }
  | { ask: "run"; model: number; inputs: readonly Tensor[]; outputs: readonly string[] }
  | { ask: "release"; model: number };

/** What it answers: what the model is, its tensors, or nothing. */
export type Found = Pick<OnnxModel, "inputs" | "outputs" | "leftOut"> | Tensor[] | undefined;

const models = new Map<number, OnnxModel>();

answerQuestions<Question, Found>(async (question) => {
  if (question.ask === "open") {
    const opened = await openOnnx(question.file, question.threads);
    models.set(question.model, opened);
    const { inputs, outputs, leftOut } = opened;
    return { inputs, outputs, leftOut };
  }
  const model = models.get(question.model);
  if (!model) throw new Error(`Imported model ${question.model} is not open in this thread`);
  if (question.ask === "run") return model.run(question.inputs, question.outputs);
  models.delete(question.model);
  await model.release();
});
