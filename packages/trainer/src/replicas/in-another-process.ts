import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SluiceError } from "@sluice/core/errors";
import type { BackendName } from "../backend";
import type { Answer, Question } from "./messages";
import type { Replica } from "./replica";
import { makeSharedFile, openSharedFile, type SharedFile } from "./shared-file";

const PROGRAM = fileURLToPath(new URL("./program.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/**
 * A replica in a process of its own: TensorFlow keeps state that threads of one process would share. It ends with this
 * process, however that ends.
 *
 * @param threads that its backend may use
 * Throws `training.failed` when the process does not start, and whenever it ends before its answer.
 */
export async function inAnotherProcess(backend: BackendName, threads: number): Promise<Replica> {
  const { file, remove } = await makeSharedFile();
  const child = fork(PROGRAM, [backend, file], {
    execArgv: ["--import", TSX],
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: String(threads) },
  });
  const end = () => child.kill("SIGKILL");
  try {
    const ask = conversation(child);
    expectAnswer(await ask(null), "ready");
    return replicaOf(ask, openSharedFile(file), end);
  } catch (error) {
    end();
    throw error;
  } finally {
    await remove(); // both have it open, so that nothing is left whoever is killed
  }
}

function replicaOf(
  ask: (question: Question) => Promise<Answer>,
  shared: SharedFile,
  end: () => void,
): Replica {
  const inTurn = oneAtATime();
  const replica: Replica = {
    async differentiate(lesson, { parameters }, { input, inputShape, target, targetShape }, into) {
      shared.write([parameters, input, target]);
      const slope = expectAnswer(
        await ask({
          ask: "differentiate",
          lesson,
          shapes: { inputShape, targetShape },
          lengths: {
            parameters: parameters.length,
            statistics: into.statistics.length,
            input: input.length,
            target: target.length,
          },
        }),
        "slope",
      );
      into.loss = slope.loss === "no number" ? Number.NaN : slope.loss;
      shared.read([into.gradient, into.statistics]);
    },
    async predict(network, { parameters, statistics }, { input, inputShape }) {
      shared.write([parameters, statistics, input]);
      const { count } = expectAnswer(
        await ask({
          ask: "predict",
          network,
          shapes: { inputShape },
          lengths: { parameters: parameters.length, statistics: statistics.length, input: input.length },
        }),
        "logits",
      );
      const logits = new Float32Array(count);
      shared.read([logits]);
      return logits;
    },
    close() {
      end();
      shared.close();
    },
  };
  return {
    ...replica,
    differentiate: (...asked) => inTurn(() => replica.differentiate(...asked)),
    predict: (...asked) => inTurn(() => replica.predict(...asked)),
  };
}

/** What is asked while another question is open waits; the first begins at once, before the asker goes on. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> | null = null;
  return (work) => {
    const mine = last ? last.then(work, work) : work();
    const done = () => {
      if (last === mine) last = null;
    };
    last = mine;
    mine.then(done, done);
    return mine;
  };
}

/** A question and its answer; with null the answer to none, which comes first. */
function conversation(child: ChildProcess): (question: Question | null) => Promise<Answer> {
  return (question) =>
    new Promise((resolve, reject) => {
      const settle = (then: () => void) => {
        child.off("message", onMessage).off("exit", onExit).off("error", onError);
        then();
      };
      const onMessage = (answer: Answer) => settle(() => resolve(answer));
      const onError = (error: Error) => settle(() => reject(failed(error.message)));
      const onExit = (code: number | null, signal: string | null) =>
        settle(() => reject(failed(`it ended by itself (${signal ?? `exit code ${code}`})`)));
      child.on("message", onMessage).on("exit", onExit).on("error", onError);
      if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
      else if (question) child.send(question);
    });
}

function expectAnswer<K extends Answer["answer"]>(answer: Answer, kind: K): Extract<Answer, { answer: K }> {
  if (answer.answer === kind) return answer as Extract<Answer, { answer: K }>;
  throw failed(answer.answer === "failed" ? answer.message : `it answered ${answer.answer}`);
}

const failed = (why: string) =>
  new SluiceError(
    "training.failed",
    `The training's second process failed: ${why}`,
    "Resume the run: it goes on from the last epoch. SIGKILL means that memory ran out.",
  );
