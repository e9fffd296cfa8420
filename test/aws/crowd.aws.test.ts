import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Dataset } from "@sluice/core";
import { marker } from "@sluice/core/batch/keys";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asRoot } from "./deploy/clients";
import { refusals } from "./stage/access";
import { trainers } from "./stage/host-processes";
import { deployStage, type Stage } from "./stage/index";
import { executions } from "./stage/machine";
import { bring, drawn } from "./stage/people";
import { endedRun, invoke, watchLease } from "./stage/runs";

const CROWD = 20;

let stage: Stage;
beforeAll(async () => {
  stage = await deployStage("crowd");
});
afterAll(() => stage?.remove());

/** The event that S3 has sent for the object, as EventBridge gives it on. */
async function uploadEvent(key: string) {
  const { bucket } = stage.world;
  const s3 = asRoot(S3Client);
  const { VersionId, ContentLength } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return {
    source: "aws.s3",
    "detail-type": "Object Created",
    detail: { bucket: { name: bucket }, object: { key, size: ContentLength, "version-id": VersionId } },
  };
}

test("the same upload event again, and at once, starts one run", async () => {
  const batch = await bring(stage.api, await drawn(60, 0));
  const event = await uploadEvent(marker(batch));
  const again = await Promise.allSettled([1, 2, 3].map(() => invoke(stage, "startRun", event)));
  for (const answer of again) {
    // One that comes while another is at it is told so, and delivered again.
    if (answer.status === "fulfilled") expect(answer.value).toEqual({ runId: `${batch}-1` });
    else expect(String(answer.reason)).toContain("IdempotencyAlreadyInProgress");
  }
  expect(await endedRun(stage, `${batch}-1`)).toMatchObject({ outcome: "promoted", model: 1 });
  expect(await invoke(stage, "startRun", event)).toEqual({ runId: `${batch}-1` });
  expect(await executions(stage.world.stateMachineArn)).toHaveLength(1);
  await stage.host.becomes("stopped");
});

test(`${CROWD} uploads at once: one run trains at a time, nothing is lost, and the newest dataset is trained`, async () => {
  const lease = watchLease(stage);
  let most = 0;
  const counting = setInterval(() => {
    const ours = trainers().filter(({ runId }) => runId.startsWith("crowd-"));
    most = Math.max(most, new Set(ours.map(({ runId }) => runId)).size);
  }, 200);
  const names = Array.from({ length: CROWD }, (_, index) => `crowd-${index}`);
  await Promise.all(
    names.map(async (name, index) => bring(stage.api, await drawn(6, 100 + index * 6), name)),
  );
  const runs = await Promise.all(names.map((name) => endedRun(stage, `${name}-1`, 540_000)));
  clearInterval(counting);

  expect(runs.filter(({ error }) => error)).toEqual([]);
  for (const { outcome } of runs) expect(["promoted", "kept", "superseded"]).toContain(outcome);
  const judged = runs.filter(({ outcome }) => outcome !== "superseded");
  expect(judged.length).toBeLessThan(CROWD / 2);
  const head = await Dataset.head(stage.state);
  expect(await Dataset.pairs(head?.version ?? "", stage.state)).toHaveLength(60 + CROWD * 6);
  const last = judged.sort((a, b) => Number(a.endedAt) - Number(b.endedAt)).at(-1);
  expect(last?.datasetVersion).toBe(head?.version);

  const holders = lease.stop();
  const fences = holders.map(({ fence }) => fence);
  expect(fences).toEqual([...fences].sort((a, b) => a - b));
  expect(most).toBe(1);
  await stage.host.becomes("stopped");
  expect(
    (await executions(stage.world.stateMachineArn)).filter(({ status }) => status !== "SUCCEEDED"),
  ).toEqual([]);
});

test("no role was refused anything", async () => {
  expect(await refusals(stage)).toEqual([]);
});
