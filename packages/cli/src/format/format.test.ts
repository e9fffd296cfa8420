import type * as Registry from "@sluice/core/registry/index";
import * as Run from "@sluice/core/run/index";
import { memoryWorld } from "@sluice/core/testing/index";
import type { Report } from "@sluice/core/validation/report";
import { expect, test } from "vitest";
import { errorOf } from "../session/answer";
import { recordingIo } from "../testing";
import { modelsTable, modelText } from "./models";
import { runJson, runRow, runsTable, runText, spans } from "./run";
import { countdown, duration, score, shortVersion } from "./values";

const { io } = recordingIo();
const lines = (text: string) => text.split("\n");

/** A run that took 83.4 seconds and ended as told. */
async function ended(outcome: Run.Outcome, facts: Parameters<typeof Run.end>[4] = {}): Promise<Run.Info> {
  const world = memoryWorld();
  await Run.create({ id: "abc-1", batch: "abc" }, world);
  world.clock.advance(83_400);
  return Run.end("abc-1", outcome, "because", world, facts);
}
const VERDICT = {
  decision: "keep",
  champion: 1,
  probability: 0.3,
  reasons: [
    { rule: "floors", holds: true, message: "Dice 0.8000 (floor 0.75)" },
    { rule: "better", holds: false, message: "Dice 0.8000 against 0.9000" },
  ],
} as const;

test.each([
  [0, "0.0 s"],
  [4_240, "4.2 s"],
  [59_960, "1 min 00 s"],
  [187_000, "3 min 07 s"],
  [7_500_000, "2 h 05 min"],
])("%i ms reads %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test("small values", () => {
  expect(countdown(187.4)).toBe("3:07");
  expect(countdown(-1)).toBe("0:00");
  expect(score(0.87654)).toBe("0.8765");
  expect(score(null)).toBe("–");
  expect(shortVersion(null)).toBe("–");
  expect(shortVersion("0123456789abcdef")).toBe("0123456789ab");
});

test("a run for machines", async () => {
  const run = await ended("kept", { dice: 0.8, iou: 0.7, model: 2, verdict: { ...VERDICT, reasons: [] } });
  expect(runRow(run)).toEqual({
    id: "abc-1",
    outcome: "kept",
    verdict: "keep",
    dice: 0.8,
    iou: 0.7,
    seconds: 83.4,
  });
  expect(runJson(run)).not.toHaveProperty("steps");
  expect(runJson(run)).toMatchObject({ batch: "abc", seconds: 83.4, verdict: { decision: "keep" } });
});

test("runs as a table; one without an outcome is running, or was interrupted", async () => {
  const run = await ended("rejected");
  expect(lines(runsTable([run], io))).toEqual([
    "run    batch  outcome   verdict  model  Dice  IoU  took",
    "abc-1  abc    rejected  –        –      –     –    1 min 23 s",
  ]);
  const open = { ...run, outcome: null, endedAt: null };
  expect(runsTable([open], io)).toContain("  running  ");
  expect(runsTable([open], io, ["interrupted"])).toContain("  interrupted  ");
  expect(runsTable([open], io, ["waiting"])).toContain("  waiting  ");
});

test("a run as text: its end, its states, the gate's reasons, the faults", async () => {
  const run = await ended("kept", {
    dice: 0.8,
    iou: 0.7,
    model: 2,
    judgedAgainst: 1,
    verdict: { ...VERDICT, reasons: [...VERDICT.reasons] },
  });
  const at = (ms: number, type: "StateEntered" | "StateExited", state: string) => ({
    runId: "abc-1",
    at: ms,
    type,
    state,
  });
  const history = [
    at(0, "StateEntered", "ValidateBatch"),
    at(1_200, "StateExited", "ValidateBatch"),
    at(1_200, "StateEntered", "DecideGate"),
  ];
  const fault = {
    code: "mask_not_binary",
    file: "masks/meter_17.png",
    message: "has 214 values besides 0 and 255",
    hint: "Save it as PNG.",
  } as const;
  const report: Report = {
    batch: "abc",
    masks: "reject",
    pairs: 3,
    accepted: false,
    faults: [fault],
    warnings: [],
  };
  const text = runText(run, { history, report }, io);
  expect(lines(text)).toEqual([
    "Run       abc-1: kept",
    "          because",
    "Batch     abc",
    "Began     2026-01-01 00:00:00",
    "Took      1 min 23 s",
    "Model     2 (judged against 1)",
    "Scores    Dice 0.8000, IoU 0.7000",
    "",
    "✓ ValidateBatch        1.2 s",
    "… DecideGate",
    "",
    "Verdict: keep",
    "  ✓ floors     Dice 0.8000 (floor 0.75)",
    "  ✗ better     Dice 0.8000 against 0.9000",
    "",
    "  ✗ mask_not_binary: masks/meter_17.png has 214 values besides 0 and 255. Save it as PNG.",
  ]);
});

test("a state that failed, and one that was left behind when its execution ended", () => {
  const event = (at: number, type: string, state?: string) => ({ runId: "r", at, type, state }) as never;
  const history = [
    event(0, "StateEntered", "A"),
    event(5, "StateFailed", "A"),
    event(5, "StateEntered", "B"),
    event(9, "ExecutionAborted"),
  ];
  expect(spans(history)).toEqual([
    { state: "A", enteredAt: 0, leftAt: 5, hasFailed: true },
    { state: "B", enteredAt: 5, leftAt: 9, hasFailed: false },
  ]);
});

test("models: the champion is marked, and a model tells its lineage", () => {
  const model = (number: number): Registry.Model => ({
    number,
    stage: number === 1 ? "Production" : "None",
    runId: `abc-${number}`,
    datasetVersion: "d".repeat(64),
    codeCommit: "c0ffee",
    bundleDigest: "b".repeat(64),
    dice: 0.9,
    iou: 0.8,
    createdAt: Date.UTC(2026, 0, 2),
  });
  const registry: Registry.Info = {
    models: [model(1), model(2)],
    champion: 1,
    challenger: 2,
    changes: [{ champion: 1, previous: null, reason: "run abc-1", at: Date.UTC(2026, 0, 3) }],
  };
  expect(lines(modelsTable(registry, io))).toEqual([
    "model              stage       Dice    IoU     dataset       run    trained",
    "1      champion    Production  0.9000  0.8000  dddddddddddd  abc-1  2026-01-02 00:00:00",
    "2      challenger  None        0.9000  0.8000  dddddddddddd  abc-2  2026-01-02 00:00:00",
  ]);
  expect(modelText(model(1), registry, io)).toContain("Promoted  2026-01-03 00:00:00 after none: run abc-1");
});

test("how a run ended decides what its command ends with", async () => {
  const code = async (outcome: Run.Outcome, facts = {}) => errorOf(await ended(outcome, facts))?.code;
  expect(await code("promoted")).toBeUndefined();
  expect(await code("kept")).toBeUndefined();
  expect(await code("unchanged")).toBeUndefined();
  expect(await code("rejected")).toBe("batch.rejected");
  expect(await code("stopped")).toBe("run.failed");
  expect(await code("rolled_back")).toBe("release.smoke_failed");
  expect(await code("failed")).toBe("run.failed");
  const error = { code: "training.diverged", message: "The loss is NaN", hint: "" };
  expect(await code("failed", { error })).toBe("training.diverged");
  expect(await code("failed", { error: { ...error, code: "States.Timeout" } })).toBe("run.failed");
});
