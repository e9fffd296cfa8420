import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateStateMachineCommand, DeleteStateMachineCommand, SFNClient } from "@aws-sdk/client-sfn";
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { sdk } from "@sluice/aws/clients";
import { type OpenStage, openStage } from "@sluice/aws/open-stage";
import { stageParameter } from "@sluice/aws/stage";
import { testBucket, testRole, testTable } from "@sluice/aws/testing/index";
import { sha256 } from "@sluice/core/digest";
import * as Registry from "@sluice/core/registry/index";
import * as Run from "@sluice/core/run/index";
import { writeSamples } from "@sluice/samples";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { expect, onTestFinished, test, vi } from "vitest";
import { run } from "../cli";
import { recordingIo } from "../testing";

const NAME = "test-cli";

async function sluice(...words: string[]) {
  const kept = recordingIo();
  const code = await run(words, (asked) => Object.assign(kept.io, asked));
  const [out, err, said] = [kept.answered, kept.complained, kept.said].map((lines) => lines.join("\n"));
  return { code, out, err, said };
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "sluice-stage-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A stage of a bucket, a table and a state machine that only waits. */
async function deploy({ waitSeconds = 0 } = {}): Promise<OpenStage> {
  const [sfn, ssm] = [sdk(SFNClient), sdk(SSMClient)];
  const wait = { Type: "Wait", Seconds: waitSeconds, Next: "Done" };
  const definition = { StartAt: "Wait", States: { Wait: wait, Done: { Type: "Pass", End: true } } };
  const { stateMachineArn = "" } = await sfn.send(
    new CreateStateMachineCommand({
      name: `test-${Date.now()}`,
      definition: JSON.stringify(definition),
      roleArn: await testRole("states"),
    }),
  );
  onTestFinished(async () => void (await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }))));
  const at = {
    stage: NAME,
    region: "eu-west-1",
    bucket: await testBucket(),
    auditBucket: "unused",
    table: await testTable(),
    instanceId: "i-0123456789abcdef0",
    stateMachineArn,
    predictFunction: "unused",
    apiUrl: "https://api.example",
  };
  const Name = stageParameter(NAME);
  await ssm.send(
    new PutParameterCommand({ Name, Value: JSON.stringify(at), Type: "String", Overwrite: true }),
  );
  onTestFinished(async () => void (await ssm.send(new DeleteParameterCommand({ Name }))));
  return openStage(NAME);
}

/** Registers the toy model and makes it the champion. */
async function crownToy(stage: OpenStage, runId: string): Promise<void> {
  const { bundle, files } = toyBundle();
  const json = JSON.stringify({ ...bundle, runId });
  const facts = { datasetVersion: "0".repeat(64), codeCommit: "toy", dice: 0.9, iou: 0.8 };
  const { number } = await Registry.register({ runId, bundleDigest: sha256(json), ...facts }, stage);
  await stage.blobs.put(`models/${number}/model.json`, json);
  await stage.blobs.put(`models/${number}/model.onnx`, files["model.onnx"] ?? "");
  const { champion } = await Registry.read(stage);
  await Registry.promote({ number, judgedAgainst: champion, reason: "better" }, stage);
}

async function until<T>(look: () => Promise<T | undefined | false>): Promise<T> {
  for (let i = 0; i < 300; i++, await sleep(100)) {
    const seen = await look();
    if (seen) return seen;
  }
  throw new Error("Not within 30 s");
}

test("push brings a batch to the bucket, and follows the run that its marker starts", async () => {
  const stage = await deploy();
  const photos = join(await folder(), "photos");
  await writeSamples(photos, { count: 2, seed: 1, size: { width: 60, height: 80 } });
  const pushed = sluice(
    "push",
    photos,
    "--stage",
    NAME,
    "--masks",
    "threshold",
    "--json",
    "--commit",
    "a".repeat(40),
  );

  // What the bucket's event and the run's steps do.
  const marker = await until(async () =>
    (await stage.blobs.list("incoming/")).find((key) => key.endsWith("_SUCCESS")),
  );
  const batch = marker.split("/")[1] ?? "";
  const { runId } = await stage.runs.start({ batch });
  await Run.end(runId, "kept", "not better", stage);

  const { code, out, said } = await pushed;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ id: `${batch}-1`, outcome: "kept", masks: "threshold" });
  expect(said).toContain(`Uploaded 4 files as batch ${batch}`);
  expect(said).toContain("✓ Done");
  const origin = JSON.parse((await stage.blobs.get(`incoming/${batch}/_ORIGIN.json`)).toString());
  expect(origin).toEqual({ commit: "a".repeat(40) });

  const again = await sluice("push", photos, "--stage", NAME, "--detach", "--json");
  expect(JSON.parse(again.out)).toEqual({ id: `${batch}-2`, batch, outcome: null });
});

test("runs are listed and shown, stopped and resumed", async () => {
  const stage = await deploy({ waitSeconds: 20 }); // the emulator waits a tenth
  const { runId } = await stage.runs.start({ batch: "b1" });
  const at = ["--stage", NAME, "--region", "eu-west-1"];
  const listed = JSON.parse((await sluice("runs", ...at, "--json")).out);
  expect(listed).toMatchObject([{ id: "b1-1", activity: "running", outcome: null }]);

  // What the rule on aborted executions does.
  const rule = until(async () => {
    const events = await stage.runs.history(runId);
    return events.some(({ type }) => type === "ExecutionAborted");
  }).then(() => Run.end(runId, "stopped", "by hand", stage));
  const stopped = await sluice("runs", "stop", runId, ...at);
  await rule;
  expect(stopped).toMatchObject({
    code: 0,
    out: "Run b1-1 is stopped. Go on with it: sluice runs resume b1-1 --stage test-cli --region eu-west-1.",
  });

  const resumed = sluice("runs", "resume", runId, ...at, "--json");
  await until(async () => (await Run.get(runId, stage)).resumed === 1);
  await Run.end(runId, "kept", "not better", stage);
  expect(JSON.parse((await resumed).out)).toMatchObject({ id: "b1-1", outcome: "kept", resumed: 1 });

  const shown = JSON.parse((await sluice("runs", "show", runId, ...at, "--json")).out);
  const types = shown.history.map(({ type }: { type: string }) => type);
  expect(types.filter((type: string) => type.startsWith("Execution"))).toEqual([
    "ExecutionStarted",
    "ExecutionAborted",
    "ExecutionStarted",
    "ExecutionSucceeded",
  ]);
  expect(await sluice("runs", "stop", runId, ...at)).toMatchObject({
    code: 6,
    err: expect.stringContaining("run.not_resumable: Run b1-1 has ended already: kept."),
  });
});

test("models are shown and rolled back, the dataset is read, the champion is fetched for predicting", async () => {
  const stage = await deploy();
  vi.stubEnv("SLUICE_HOME", await folder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const at = ["--stage", NAME];
  expect((await sluice("dataset", ...at)).out).toContain("The dataset is empty");
  expect(await sluice("sync", ...at)).toMatchObject({ code: 5 });
  await crownToy(stage, "b1-1");
  await crownToy(stage, "b2-1");

  expect((await sluice("models", "rollback", "1", ...at)).out).toBe(
    "Model 1 is the champion now, instead of 2",
  );
  const shown = JSON.parse((await sluice("models", "show", "1", ...at, "--json")).out);
  expect(shown).toMatchObject({ number: 1, isChampion: true });
  expect((await sluice("sync", ...at)).out).toBe("Model 1 (Dice 0.9000, IoU 0.8000) is fetched");

  const dir = await folder();
  await writeSamples(dir, { count: 1, seed: 1, size: { width: 60, height: 80 } });
  const predict = ["predict", join(dir, "images"), "-o", join(dir, "out"), "--json"];
  expect(JSON.parse((await sluice(...predict, ...at)).out)).toMatchObject({ model: 1, failed: [] });
  expect(JSON.parse((await sluice(...predict)).out)).toMatchObject({ model: 1, failed: [] }); // offline
});

test("a stage that is not there, and an AWS that is not, are told with what to do", async () => {
  await deploy();
  const wrong = await sluice("runs", "--stage", "test-clj");
  expect(wrong).toMatchObject({ code: 9, out: "" });
  expect(wrong.err).toBe(
    `world.misconfigured: There is no stage test-clj in eu-west-1. Stages here: ${NAME}.`,
  );
  const elsewhere = await sluice("runs", "--stage", NAME, "--region", "us-west-2");
  expect(elsewhere.err).toMatch(/^world\.misconfigured: There is no stage test-cli in us-west-2\. /);

  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  vi.stubEnv("HOME", await folder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const unknown = await sluice("runs", "--stage", NAME);
  expect(unknown).toMatchObject({
    code: 9,
    err: expect.stringMatching(/^world\.credentials: .*aws sso login/),
  });
});
