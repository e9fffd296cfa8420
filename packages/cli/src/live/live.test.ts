import type { HistoryEvent } from "@sluice/core/run/history-event";
import type * as Run from "@sluice/core/run/index";
import type * as Training from "@sluice/core/training/index";
import { expect, test } from "vitest";
import { recordingIo } from "../testing";
import { follow } from "./follow";
import { plainLines } from "./lines";
import { painter, picture } from "./picture";
import { hasEnded, type Sight } from "./sight";
import { bar, numbers, share } from "./training";

const RUN: Run.Info = {
  id: "abc-1",
  batch: "abc",
  masks: "reject",
  startedAt: 0,
  endedAt: null,
  outcome: null,
  summary: null,
  error: null,
  datasetVersion: null,
  model: null,
  judgedAgainst: null,
  dice: null,
  iou: null,
  verdict: null,
  pullRequest: null,
  resumed: 0,
  steps: {},
};
const event = (at: number, type: HistoryEvent["type"], state?: string): HistoryEvent => ({
  runId: "abc-1",
  at,
  type,
  ...(state && { state }),
});
const progress = (more: Partial<Training.Progress>): Training.Progress => ({
  phase: "training",
  backend: "native",
  network: "segmenter",
  epoch: 1,
  epochs: 4,
  fraction: 0,
  loss: 0.5,
  validationDice: null,
  secondsLeft: 90,
  at: 9_500,
  ...more,
});
const sight = (history: HistoryEvent[], more: Partial<Sight> = {}): Sight => ({
  run: RUN,
  history,
  progress: null,
  report: null,
  ...more,
});

const VALIDATED = [
  event(0, "ExecutionStarted"),
  event(0, "StateEntered", "ValidateBatch"),
  event(1_500, "StateExited", "ValidateBatch"),
];
const TRAINING = [...VALIDATED, event(2_000, "StateEntered", "CheckTraining")];

test("a bar is full as far as the part says", () => {
  expect(bar(0, 4)).toBe("░░░░");
  expect(bar(0.5, 4)).toBe("██░░");
  expect(bar(2, 4)).toBe("████");
});

test("the share of a training counts whole epochs and the part of the current one", () => {
  expect(share(progress({ epoch: 1, fraction: 0 }))).toBe(0);
  expect(share(progress({ epoch: 3, fraction: 0.5 }))).toBe(0.625);
  expect(share(progress({ phase: "loading" }))).toBe(0);
  expect(share(progress({ phase: "evaluating" }))).toBe(1);
  expect(share(progress({ epoch: 0, epochs: 0 }))).toBe(0);
});

test("a training's numbers leave out what is not known yet", () => {
  expect(numbers(progress({}))).toBe("epoch 1/4 · loss 0.500 · 1:30 left");
  expect(numbers(progress({ loss: null, secondsLeft: null, validationDice: 0.87654 }))).toBe(
    "epoch 1/4 · validation Dice 0.877",
  );
});

test("of two networks, the one in training is named", () => {
  expect(numbers(progress({ network: "locator", epoch: 3, epochs: 18, secondsLeft: null }))).toBe(
    "locator epoch 3/18 · loss 0.500",
  );
});

test("lines: the first network's last epoch is told when the second begins", () => {
  const news = plainLines();
  news(sight(TRAINING, { progress: progress({ network: "locator", epoch: 4, validationDice: 0.7 }) }));
  const first = { loss: null, validationDice: null, secondsLeft: null };
  const begun = progress({ network: "refiner", epoch: 0, epochs: 4, ...first });
  expect(news(sight(TRAINING, { progress: begun }))).toEqual(["    locator epoch 4/4 · loss 0.500"]);
  expect(news(sight(TRAINING, { progress: progress({ network: "refiner", epoch: 1 }) }))).toEqual([]);
  const second = progress({ network: "refiner", epoch: 2, validationDice: 0.9, secondsLeft: null });
  expect(news(sight(TRAINING, { progress: second }))).toEqual([
    "    refiner epoch 1/4 · loss 0.500 · validation Dice 0.900",
  ]);
});

test("lines: two networks that stand at the same epoch are two", () => {
  const news = plainLines();
  news(sight(TRAINING, { progress: progress({ network: "locator", epoch: 2 }) }));
  expect(news(sight(TRAINING, { progress: progress({ network: "refiner", epoch: 2 }) }))).toEqual([
    "    locator epoch 2/4 · loss 0.500",
  ]);
});

test("lines: one per change of state, one per epoch, none twice", () => {
  const news = plainLines();
  expect(news(sight(VALIDATED))).toEqual(["→ ValidateBatch", "✓ ValidateBatch 1.5 s"]);
  expect(news(sight(VALIDATED))).toEqual([]);
  expect(news(sight(TRAINING, { progress: progress({}) }))).toEqual([
    "→ CheckTraining",
    "    training (native)",
  ]);
  expect(news(sight(TRAINING, { progress: progress({ fraction: 0.9, loss: 0.4 }) }))).toEqual([]);
  const second = progress({ epoch: 2, loss: 0.9, validationDice: 0.7, secondsLeft: 60 });
  expect(news(sight(TRAINING, { progress: second }))).toEqual([
    "    epoch 1/4 · loss 0.400 · validation Dice 0.700 · 1:00 left",
  ]);
});

test("lines: the last epoch is told before the state is left", () => {
  const news = plainLines();
  news(sight(TRAINING, { progress: progress({ epoch: 4, loss: 0.1 }) }));
  const done = progress({ phase: "evaluating", epoch: 4, validationDice: 0.9, secondsLeft: null });
  const left = [
    ...TRAINING,
    event(62_000, "StateExited", "CheckTraining"),
    event(62_000, "StateEntered", "DecideGate"),
  ];
  expect(news(sight(left, { progress: done }))).toEqual([
    "    epoch 4/4 · loss 0.100 · validation Dice 0.900",
    "    evaluating on the test split (native)",
    "✓ CheckTraining 1 min 00 s",
    "→ DecideGate",
  ]);
});

test("lines: what was before a resume is not told again", () => {
  const resumed = [
    ...TRAINING,
    event(9_000, "ExecutionStarted"),
    event(9_000, "StateEntered", "ValidateBatch"),
  ];
  expect(plainLines(8_000)(sight(resumed))).toEqual(["→ ValidateBatch"]);
});

test("lines: the progress of an execution that ended is not told", () => {
  expect(plainLines(2_500)(sight(TRAINING, { progress: progress({}) }))).toEqual([]);
});

test("the picture shows each state with its time, and the training's bar below its state", () => {
  const now = progress({ epoch: 3, fraction: 0.5, loss: 0.25, validationDice: 0.8, secondsLeft: 61 });
  const { io } = recordingIo();
  expect(picture(sight(TRAINING, { progress: now }), 12_000, 69, io)).toEqual([
    "✓ ValidateBatch        1.5 s",
    "⠋ CheckTraining        10.0 s",
    "  █████░░░ epoch 3/4 · loss 0.250 · validation Dice 0.800 · 1:01 left",
  ]);
  expect(picture(sight(TRAINING, { progress: now }), 12_000, 32, io)[2]).toBe(
    "  epoch 3/4 · loss 0.250 · valid",
  );
  expect(picture(sight([]), 0, 80, io)).toEqual(["waiting to begin"]);
});

test("an end is an outcome and the end of its execution", () => {
  const run = { ...RUN, outcome: "kept" } as const;
  expect(hasEnded(sight(TRAINING, { run }))).toBe(false);
  expect(hasEnded(sight([...TRAINING, event(9, "ExecutionSucceeded")]))).toBe(false);
  expect(hasEnded(sight([...TRAINING, event(9, "ExecutionSucceeded")], { run }))).toBe(true);
});

test("a person's picture is drawn again in its place, and the cursor comes back", () => {
  const { io, said } = recordingIo({ isLive: true });
  const paint = painter(io, 0, () => 1_500);
  paint.show(sight(VALIDATED));
  paint.show(sight(VALIDATED));
  paint.end();
  expect(said[0]?.startsWith("\u001b[?25l")).toBe(true);
  expect(said[1]?.startsWith("\u001b[1A")).toBe(true);
  expect(said[2]).toBe("\u001b[?25h");
});

test("following ends with the run, or when its execution was left behind", async () => {
  const { io, said } = recordingIo();
  const run = { ...RUN, outcome: "rejected" } as const;
  const looks = [sight(VALIDATED), sight([...VALIDATED, event(3, "ExecutionSucceeded")], { run })];
  const last = await follow(async () => looks.shift() ?? sight([]), io);
  expect(last.run.outcome).toBe("rejected");
  expect(said).toEqual(["→ ValidateBatch", "✓ ValidateBatch 1.5 s"]);

  const left = await follow(async () => sight(VALIDATED), recordingIo().io, { isOver: () => true });
  expect(left.run.outcome).toBeNull();
});
