// A program: a replica of its own process. It answers its parent's messages, and ends with it.
import { type BackendName, loadBackend } from "../backend";
import { inProcess } from "./in-process";
import type { Answer, Question } from "./messages";
import { openSharedFile } from "./shared-file";

const [backend, file] = process.argv.slice(2);
// Ctrl-C reaches every process of a terminal; when to end is the parent's to say.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());

const say = (answer: Answer) => process.send?.(answer);

try {
  const shared = openSharedFile(file);
  const { tf } = await loadBackend(backend as BackendName);
  const replica = inProcess(tf);
  process.on("message", (question: Question) => {
    answer(question).then(say, (error) => say({ answer: "failed", message: String(error) }));
  });
  const arrays = new Map<string, Float32Array>();
  say({ answer: "ready" });

  async function answer(question: Question): Promise<Answer> {
    const { lengths } = question;
    const [parameters, input] = [array("parameters", lengths.parameters), array("input", lengths.input)];
    const statistics = array("statistics", lengths.statistics);
    if (question.ask === "predict") {
      shared.read([parameters, statistics, input]);
      const batch = { ...question.shapes, input };
      const logits = await replica.predict(question.network, { parameters, statistics }, batch);
      shared.write([logits]);
      return { answer: "logits", count: logits.length };
    }
    const target = array("target", question.lengths.target);
    const slope = { loss: 0, gradient: array("gradient", lengths.parameters), statistics };
    shared.read([parameters, input, target]);
    const batch = { ...question.shapes, input, target };
    await replica.differentiate(question.lesson, { parameters, statistics }, batch, slope);
    shared.write([slope.gradient, slope.statistics]);
    // JSON has neither NaN nor infinity
    return { answer: "slope", loss: Number.isFinite(slope.loss) ? slope.loss : "no number" };
  }

  /** The same memory again, as long as the network stays the same. */
  function array(name: string, length: number): Float32Array {
    const found = arrays.get(name);
    if (found?.length === length) return found;
    const made = new Float32Array(length);
    arrays.set(name, made);
    return made;
  }
} catch (error) {
  say({ answer: "failed", message: String(error) });
  process.exitCode = 1;
}
