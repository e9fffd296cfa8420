import { Run, Training, Validation } from "@sluice/core";
import { imageScoring } from "@sluice/core/evaluation/testing";
import type { Forge } from "@sluice/core/ports";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { openPullRequest } from "./open-pull-request";
import { reportRejection } from "./report-rejection";

type Proposal = Parameters<Forge["openPullRequest"]>[0];
type Comment = Parameters<Forge["comment"]>[0];

/** A world whose forge only listens. */
function listening() {
  const proposals: Proposal[] = [];
  const comments: Comment[] = [];
  const forge: Forge = {
    comment: async (comment) => ({ url: `heard/${comments.push(comment)}` }),
    openPullRequest: async (proposal) => ({ number: proposals.push(proposal), url: "heard" }),
    autoMerge: async () => ({ merged: false }),
  };
  return { ...memoryWorld(), forge, proposals, comments };
}
const VERSION = "ab".repeat(32);
const report = (dice: number, dark: number) => ({
  datasetVersion: VERSION,
  split: "test",
  bundleDigest: "cd".repeat(32),
  images: [imageScoring("a", dice, { slices: ["dark"] }), imageScoring("b", dice)],
  dice,
  iou: 0.8,
  boundaryPx: 1,
  slices: { dark: { count: 1, dice: dark, iou: 0.7, boundaryPx: 1 } },
  calibration: { groups: [], error: null, unmarked: 0 },
  latencyMs: { p50: 5, p95: 12.4 },
});

async function judged(judgedAgainst: number | null) {
  const world = listening();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  const reasons = [
    { rule: "better" as const, holds: true, message: "Dice 0.9312 against 0.9100" },
    { rule: "slices" as const, holds: false, message: "dark falls" },
  ];
  const verdict = { decision: "promote" as const, reasons, champion: judgedAgainst, probability: 0.97 };
  const facts = { model: 7, judgedAgainst, dice: 0.9312, iou: 0.8, datasetVersion: VERSION, verdict };
  await Run.note("b1-1", facts, world);
  return world;
}

test("a pull request has the metrics side by side, every reason, and the pictures with it", async () => {
  const world = await judged(6);
  const keys = Training.keys("b1-1");
  await world.blobs.put(keys.evaluation, JSON.stringify(report(0.9312, 0.85)));
  await world.blobs.put(keys.championEvaluation, JSON.stringify(report(0.91, 0.9)));
  await world.blobs.put(keys.curves, Uint8Array.of(1, 2, 3));
  const overlays = ["best-1-x", "best-2-x", "worst-1-y", "worst-2-z", "worst-3-z"];
  for (const name of overlays) await world.blobs.put(`${keys.overlays}${name}.jpg`, name);
  await world.blobs.put(`${keys.overlays}worst-1-huge.jpg`, new Uint8Array(2 ** 20 + 1));
  await openPullRequest({ runId: "b1-1" }, world);

  const [{ branch, title, body, files }] = world.proposals as [Proposal];
  expect({ branch, title }).toEqual({ branch: "sluice/model-7", title: "Model 7: Dice 0.9312, IoU 0.8000" });
  expect(body.split("\n")).toEqual(
    expect.arrayContaining([
      "| Test split (2 photos) | Model 7 | Champion (model 6) | Change |",
      "| Dice | 0.9312 | 0.9100 | +0.0212 |",
      "| IoU | 0.8000 | 0.8000 | +0.0000 |",
      "| Dice, dark (1 of them) | 0.8500 | 0.9000 | −0.0500 |",
      "| Latency, 95th percentile | 12 ms | 12 ms | |",
      "## Verdict: promote",
      "- ✅ **better**: Dice 0.9312 against 0.9100",
      "- ❌ **slices**: dark falls",
      "![curves](models/7/curves.png)",
      "![worst-1-y](models/7/worst-1-y.jpg)",
    ]),
  );
  expect(Object.keys(files)).toEqual([
    "models/champion.json",
    "dataset.json",
    "models/7/curves.png",
    "models/7/best-1-x.jpg",
    "models/7/worst-1-y.jpg",
    "models/7/worst-2-z.jpg",
  ]);
  expect([...(files["models/7/curves.png"] as Uint8Array)]).toEqual([1, 2, 3]);
  expect(JSON.parse(files["models/champion.json"] as string)).toEqual({
    model: 7,
    runId: "b1-1",
    dice: 0.9312,
    iou: 0.8,
    dataset: VERSION,
  });
});

test("the first champion has nothing beside it; what is gone leaves a gap", async () => {
  const world = await judged(null);
  await openPullRequest({ runId: "b1-1" }, world);
  const [{ body, files }] = world.proposals as [Proposal];
  expect(body).toContain("judged by the floors alone");
  expect(body).toContain("| Dice | 0.9312 | – | – |");
  expect(body).not.toContain("## Pictures");
  expect(Object.keys(files)).toEqual(["models/champion.json", "dataset.json"]);
  expect((await Run.get("b1-1", world)).pullRequest).toBe("heard");
});

async function rejected(origin?: object, count = 2) {
  const world = listening();
  await Run.create({ id: "b1-1", batch: "b1" }, world);
  const fault = (i: number) => ({
    code: "truncated",
    file: `images/${i}\`.jpg`,
    message: "is cut off",
    hint: "Copy it.",
  });
  const faults = Array.from({ length: count }, (_, i) => fault(i));
  const found = { batch: "b1", masks: "reject", pairs: 0, accepted: false, faults, warnings: [] };
  await world.blobs.put(Validation.keys("b1").report, JSON.stringify(found));
  if (origin) await world.blobs.put("incoming/b1/_ORIGIN.json", JSON.stringify(origin));
  await reportRejection({ runId: "b1-1" }, world);
  return world;
}

test("a rejection is said on the commit that brought the batch, to who brought it", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const { comments } = await rejected({ commit, ref: "data/2026-01-31", actor: "anna" });
  expect(comments).toEqual([
    {
      key: "rejection-b1-1",
      ref: commit,
      body: expect.stringContaining("It has 2 faults, brought by @anna on `data/2026-01-31`."),
    },
  ]);
  expect(comments[0]?.body).toContain("- `images/0'.jpg` **truncated**: is cut off Copy it.");
});

test("a rejection of a batch without a commit names none; of many faults the first are listed", async () => {
  const world = await rejected(undefined, 130);
  expect(world.comments[0]).not.toHaveProperty("ref");
  expect(world.comments[0]?.body.match(/truncated/g)).toHaveLength(100);
  expect(world.comments[0]?.body).toContain("- and 30 more, in the report");
  expect(await Run.get("b1-1", world)).toMatchObject({
    outcome: "rejected",
    summary: "130 faults in 130 files",
  });
});
