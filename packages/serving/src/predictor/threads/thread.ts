// A program: what runs in each thread of the pool. It answers `Question`s one after the other, as they come.
import { answerQuestions } from "../../worker/answer";
import { type LocalPredictor, loadPredictor } from "../index";
import type { Answered, Question } from "./protocol";

interface Loaded {
  /** With a session of one thread, and one of all. */
  together: LocalPredictor;
  alone: LocalPredictor;
}

const models = new Map<number, Loaded>();
answerQuestions(answerTo, buffersOf);

async function answerTo(question: Question): Promise<Answered> {
  if (question.ask === "load") return load(question);
  const loaded = models.get(question.model);
  if (question.ask === "close") {
    models.delete(question.model);
    if (loaded) await close(loaded);
    return undefined;
  }
  if (!loaded) throw new Error(`Model ${question.model} is not loaded in this thread`);
  const { photo, name, alone } = question;
  return (alone ? loaded.alone : loaded.together)[question.ask](photo, name);
}

/** What is moved, not copied, to who asked. */
function buffersOf(answered: Answered): ArrayBuffer[] {
  const buffer = answered && "mask" in answered ? answered.mask.buffer : undefined;
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

async function load({ model, source, threads }: Question & { ask: "load" }): Promise<undefined> {
  const together = await loadPredictor({ ...source, threads: 1 });
  const alone = threads === 1 ? together : await loadPredictor({ ...source, threads });
  models.set(model, { together, alone });
  await together.warmUp();
  if (alone !== together) await alone.warmUp();
}

async function close({ together, alone }: Loaded): Promise<void> {
  await together.close();
  if (alone !== together) await alone.close();
}
