// A program: a thread that does its part of an optimizer's steps, on vectors that it shares with who asks.
import { answerQuestions } from "@sluice/serving/worker/answer";
import { type Update, update } from "./update";

export interface Question {
  update: Update;
  start: number;
  end: number;
}

answerQuestions<Question, void>(async (question) => update(question.update, question.start, question.end));
