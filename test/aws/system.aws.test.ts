import { writeFile } from "node:fs/promises";
import { fileOn } from "@sluice/aws/forge/testing/state";
import { Bundle, Dataset, Photo, Registry, Release, Run, readJson, Training } from "@sluice/core";
import { loadPredictor } from "@sluice/serving/predictor/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startIssuer } from "./doubles/issuer";
import { checksOf, refusals, unusedGrants } from "./stage/access";
import { deployStage, type Stage } from "./stage/index";
import { executions, stateRows, stateTable, visits } from "./stage/machine";
import { announce, answered, type BatchFile, bring, drawn, send } from "./stage/people";
import { endedRun, shownRun } from "./stage/runs";
import { stateView } from "./stage/state-view";

let stage: Stage;
let photos: BatchFile[];
beforeAll(async () => {
  [stage, photos] = await Promise.all([deployStage("system"), drawn(60, 0)]);
});
afterAll(() => stage?.remove());

test("nobody gets in without a good token", async () => {
  const other = await startIssuer();
  const tokens = [
    "",
    "Bearer nonsense",
    `Bearer ${stage.issuer.token({ aud: "something else" })}`,
    `Bearer ${stage.issuer.token({ exp: Math.floor(Date.now() / 1_000) - 10 })}`,
    `Bearer ${other.token({ iss: stage.issuer.jwt.issuer })}`, // signed by somebody else
  ];
  other.stop();
  for (const authorization of tokens) {
    const answer = await stage.api("/runs", { headers: { authorization } });
    expect(answer.status, authorization).toBe(401);
  }
  expect(await answered(await stage.api("/runs"))).toEqual([]);
});

test("an upload's form is good for its own file and size only", async () => {
  const [photo] = photos;
  if (!photo) throw new Error("No photo was drawn");
  const { files } = await announce(stage.api, [photo], "forged");
  const form = files[0]?.upload;
  if (!form) throw new Error("No form was given");
  for (const key of ["models/1/model.json", "incoming/forged/_SUCCESS", `incoming/other/${photo.name}`]) {
    const forged = { ...form, fields: { ...form.fields, key } };
    expect((await send(forged, photo.bytes)).status, key).toBe(403);
    expect(await stage.state.blobs.has(key)).toBe(false);
  }
  expect((await send(form, Buffer.concat([photo.bytes, Buffer.alloc(1)]))).status).toBe(400);
  expect((await stage.api("/batches/forged/complete", { method: "POST", body: "{}" })).ok).toBe(false);
  expect((await send(form, photo.bytes)).ok).toBe(true);
});

// One story from here: every chapter needs the one before.
test("photos that somebody uploads become the champion, and the host sleeps again", async () => {
  expect(await stage.host.state()).toBe("stopped");
  const batch = await bring(stage.api, photos);
  const run = await endedRun(stage, `${batch}-1`);
  expect(run, JSON.stringify(run.error)).toMatchObject({
    outcome: "promoted",
    model: 1,
    judgedAgainst: null,
  });

  const { world, state } = stage;
  const [execution, ...more] = await executions(world.stateMachineArn);
  expect(more).toEqual([]);
  expect(execution).toMatchObject({ name: run.id });
  await expect
    .poll(async () => (await executions(world.stateMachineArn))[0]?.status, { timeout: 60_000 })
    .toBe("SUCCEEDED");
  const seen = await visits(execution?.executionArn ?? "");
  console.log(`The run as Step Functions shows it:\n\n${stateTable(seen)}\n`);
  const picture = process.env.SLUICE_STATE_VIEW; // the README's: see docs/benchmarks.md
  if (picture) await writeFile(picture, stateView(stateRows(seen)));
  expect([...new Set(seen.map((visit) => visit.state))].filter((s) => !/^(Wait|Is)/.test(s))).toEqual([
    "PlanValidation",
    "ValidateParts",
    "ValidateBatch",
    "CommitDataset",
    "HostSession",
    "AcquireHost",
    "StartHost",
    "StartTraining",
    "CheckTraining",
    "DecideGate",
    "RollOut",
    "DeployCanary",
    "PromoteChampion",
    "DeployFull",
    "SmokeTest",
    "OpenPullRequest",
    "EnableAutoMerge",
    "ReleaseHost",
    "Finished",
  ]);

  expect(await Registry.read(state)).toMatchObject({ champion: 1 });
  expect(await Release.current(state)).toMatchObject({ champion: 1, canary: null });
  expect(await state.blobs.list("models/1/")).toEqual(
    expect.arrayContaining(["models/1/model.json", expect.stringMatching(/\.onnx$/)]),
  );
  expect(await Dataset.pairs(run.datasetVersion ?? "", state)).toHaveLength(60);
  const job = await readJson(Training.keys(run.id).job, Training.Job, state);
  expect(await state.blobs.list("releases/host/")).toEqual([`releases/host/${job.hostRelease}.tgz`]);
  await stage.host.becomes("stopped");
});

test("what it has done can be read over the API", async () => {
  const [row] = await answered<Run.Info[]>(await stage.api("/runs"));
  expect(row).toMatchObject({ outcome: "promoted", model: 1 });
  const shown = await shownRun(stage, row?.id ?? "");
  expect(shown.run).toMatchObject({ id: row?.id, dice: expect.any(Number) });
  expect(shown.history.map(({ state }) => state)).toEqual(
    expect.arrayContaining(["ValidateBatch", "CheckTraining", "PromoteChampion", "ReleaseHost"]),
  );
});

test("the model is proposed on GitHub and merged", async () => {
  const { github, state } = stage;
  expect(github.state.pulls).toHaveLength(1);
  const [pull] = github.state.pulls;
  expect(pull).toMatchObject({
    branch: "sluice/test-system/model-1",
    title: expect.stringMatching(/^Model 1: Dice 0\./),
  });
  expect(pull?.mergeCommit).toMatch(/^[0-9a-f]{40}$/);
  const champion = JSON.parse(fileOn(github.state, "main", "models/champion.json")?.toString() ?? "{}");
  const { dataset, dice } = champion;
  expect(champion).toMatchObject({ model: 1, dice: (await Run.get(champion.runId, state)).dice });
  expect(dice).toBeGreaterThan(0.2);
  expect(JSON.parse(fileOn(github.state, "main", "dataset.json")?.toString() ?? "{}")).toEqual({
    version: dataset,
  });
  expect(github.state.violations).toEqual([]);
});

test("while the host sleeps, the API answers a photo with the mask that the model gives here", async () => {
  const { blobs } = stage.state;
  const bundle = Bundle.Bundle.parse(JSON.parse((await blobs.get("models/1/model.json")).toString()));
  const names = ["model.json", ...bundle.stages.map(({ file }) => file)];
  const files = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await blobs.get(`models/1/${name}`)] as const)),
  );
  const here = await loadPredictor({ bundle, files });

  const [photo] = await drawn(1, 500);
  if (!photo) throw new Error("No photo was drawn");
  const body = new Uint8Array(photo.bytes);
  const expected = await here.predict(photo.bytes, photo.name);
  await here.close();
  const picture = await stage.api("/predict", { method: "POST", body, headers: { accept: "image/png" } });
  expect(picture.status, picture.ok ? "" : await picture.text()).toBe(200);
  expect(picture.headers.get("sluice-model-version")).toBe("1");
  const mask = await Photo.maskPixels(Buffer.from(await picture.arrayBuffer()), "mask");
  const png = await Photo.maskPng(expected.mask, expected.width, expected.height);
  expect(mask).toEqual(await Photo.maskPixels(png, "expected mask"));

  const said = await stage.api("/predict", { method: "POST", body });
  expect(await answered(said)).toMatchObject({
    model_version: 1,
    area_px: expected.areaPx,
    box: expected.box,
  });
  expect(await stage.host.state()).toBe("stopped");
});

test("a second batch is judged against the champion", async () => {
  const batch = await bring(stage.api, await drawn(20, 60));
  const run = await endedRun(stage, `${batch}-1`);
  expect(run).toMatchObject({ model: 2, judgedAgainst: 1 });
  expect(["promoted", "kept"]).toContain(run.outcome);
  const champion = run.outcome === "promoted" ? 2 : 1;
  expect(await Registry.read(stage.state)).toMatchObject({ champion });
  expect(stage.github.state.pulls).toHaveLength(champion);
  expect(await Dataset.pairs(run.datasetVersion ?? "", stage.state)).toHaveLength(80);
  await stage.host.becomes("stopped");
});

test("the same photos again change nothing, and do not wake the host", async () => {
  const before = await Registry.read(stage.state);
  const batch = await bring(stage.api, photos, "again");
  expect(await endedRun(stage, `${batch}-1`)).toMatchObject({ outcome: "unchanged", model: null });
  expect(await Registry.read(stage.state)).toEqual(before);
  expect(await stage.host.state()).toBe("stopped");
});

test("no role was refused anything, or asked more than its policy says", async () => {
  expect(await refusals(stage)).toEqual([]);
  expect((await checksOf(stage)).length).toBeGreaterThan(100);
  console.log(`Granted, and not used in this story:\n${(await unusedGrants(stage)).join("\n")}`);
});
