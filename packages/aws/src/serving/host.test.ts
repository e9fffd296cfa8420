import type { CommandStatus, LoadedModels, Serving } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { hostServing } from "./host";
import type { Target } from "./roll-out";

const TARGET: Target = {
  stage: "prod",
  image: "r/sluice@sha256:1",
  bucket: "data",
  table: "documents",
  region: "eu-west-1",
  release: "f".repeat(64),
  instanceId: "i-1",
};
const loaded = (champion: number, canary: number | null = null): LoadedModels => ({
  champion,
  canary,
  weight: 0.1,
  problem: null,
});
const ready = (champion: number, canary: number | null = null) => ({
  ...loaded(champion, canary),
  ready: true,
  model: champion,
});
const pod = (name: string, of: unknown = ready(1)) => ({
  name,
  image: TARGET.image,
  ready: of,
  metrics: `up{pod="${name}"} 1`,
});

const PREDICTION = {
  model_version: 1,
  model_role: "champion",
  width: 10,
  height: 10,
  area_px: 25,
  confidence: 0.9,
  timings_ms: { total: 7 },
};
const BUSY = { status: 429, body: { error: { code: "serving.busy", message: "busy", hint: "later" } } };

/** A host whose commands answer at once, and a predict function beside it. */
function host({ target = TARGET, pods = [pod("a"), pod("b")] as object[] } = {}) {
  const { blobs, documents } = memoryWorld();
  const lines: string[] = [];
  const rollOuts = new Map<string, CommandStatus>();
  const beside = {
    ensure: async () => ({ url: "https://api" }),
    loaded: async () => loaded(1, 2) as LoadedModels | undefined,
    metrics: async () => [{ process: "predict", text: "up 1" }],
  };
  const answers: Record<string, unknown> = {
    look: { pods },
    predict: { answers: [{ status: 200, body: PREDICTION }, BUSY] },
  };
  const commands = {
    async send({ id, line }: { id: string; line: string }) {
      if (rollOuts.has(id)) return;
      lines.push(line);
      const [, verb = ""] = line.split(" ");
      rollOuts.set(id, { state: verb === "roll-out" ? "running" : "succeeded" });
      const key = /--answer (\S+)/.exec(line)?.[1];
      if (key && answers[verb] !== undefined) await blobs.put(key, JSON.stringify(answers[verb]));
    },
    status: async (id: string) => rollOuts.get(id),
    cancel: async () => {},
  };
  const open = (of: Target = target) =>
    hostServing({
      commands,
      blobs,
      documents,
      beside: beside as unknown as Serving,
      target: of,
      limitMs: 50,
      pauseMs: 1,
    });
  return { serving: open(), open, lines, rollOuts, beside, answers, blobs };
}

const PENDING = { url: "https://api", pending: "r/sluice@sha256:1 is being rolled out" };

test("it is rolled out once, by one command that nobody waits for", async () => {
  const { serving, lines, rollOuts } = host();
  expect(await serving.ensure()).toEqual(PENDING);
  expect(await serving.ensure()).toEqual(PENDING);
  rollOuts.set("roll-out-1", { state: "succeeded" });
  expect(await serving.ensure()).toEqual({ url: "https://api" });
  expect(await serving.ensure()).toEqual({ url: "https://api" });
  expect(lines).toEqual(["sluice-pods roll-out --image r/sluice@sha256:1"]);
});

test("one that failed is told with the end of its output; asked again, it is tried again", async () => {
  const { serving, rollOuts, lines } = host();
  await serving.ensure();
  rollOuts.set("roll-out-1", { state: "failed", tail: "first\nhelm upgrade: no such image" });
  await expect(serving.ensure()).rejects.toMatchObject({
    code: "serving.unreachable",
    message: expect.stringContaining("helm upgrade: no such image"),
    hint: expect.stringContaining("commands/roll-out-1/log"),
  });
  expect(await serving.ensure()).toEqual(PENDING);
  expect(lines).toHaveLength(2);
});

test("another image, or another host, is rolled out when the one before has ended", async () => {
  const { serving, open, lines, rollOuts } = host();
  await serving.ensure();
  const next = open({ ...TARGET, instanceId: "i-2" });
  expect(await next.ensure()).toEqual(PENDING);
  expect(lines).toHaveLength(1);
  rollOuts.set("roll-out-1", { state: "lost" });
  expect(await next.ensure()).toEqual(PENDING);
  expect(await next.ensure()).toEqual(PENDING);
  expect(lines).toHaveLength(2);
});

test("pods that are gone are rolled out again", async () => {
  const { serving, answers, lines, rollOuts } = host();
  await serving.ensure();
  rollOuts.set("roll-out-1", { state: "succeeded" });
  await serving.ensure();
  answers.look = { pods: [] };
  await expect(serving.metrics()).rejects.toMatchObject({ message: "No pod serves on the host" });
  expect(await serving.ensure()).toEqual(PENDING);
  expect(lines.filter((line) => line.includes("roll-out"))).toHaveLength(2);
});

test("a model is loaded once every pod and the function have it", async () => {
  const { serving, answers, beside } = host();
  expect(await serving.loaded()).toEqual({ champion: 1, canary: null, weight: 0.1, problem: null });
  answers.look = { pods: [pod("a", ready(1, 2)), pod("b", ready(1, 2))] };
  expect(await serving.loaded()).toMatchObject({ champion: 1, canary: 2 });
  expect(await serving.readyVersion()).toBe(1);
  answers.look = { pods: [pod("a", ready(1, 2)), pod("b", null)] };
  expect(await serving.loaded()).toBeUndefined();
  answers.look = { pods: [pod("a", ready(1, 2)), pod("b", ready(2))] };
  expect(await serving.loaded()).toMatchObject({ champion: null, canary: null });
  expect(await serving.readyVersion()).toBeUndefined();
  answers.look = { pods: [pod("a", ready(1, 2))] };
  beside.loaded = async () => undefined;
  expect(await serving.loaded()).toBeUndefined();
});

test("the metrics are those of all that answer", async () => {
  const { serving } = host({ pods: [pod("a"), { ...pod("b"), metrics: null }] });
  expect(await serving.metrics()).toEqual([
    { process: "a", text: 'up{pod="a"} 1' },
    { process: "predict", text: "up 1" },
  ]);
});

test("photos are put into the bucket once and go to the pods in one command; refusals are read", async () => {
  const { serving, lines, blobs } = host();
  const photo = Buffer.from("photo");
  const asked = (["champion", "canary"] as const).map((role) => ({ photo, role }));
  expect(await serving.predictAll?.(asked)).toEqual([
    { modelVersion: 1, role: "champion", areaPx: 25, areaRatio: 0.25, confidence: 0.9, latencyMs: 7 },
    expect.objectContaining({ code: "serving.busy", hint: "later" }),
  ]);
  const [key = ""] = await blobs.list("commands/photos/");
  expect((await blobs.get(key)).toString()).toBe("photo");
  const digest = key.split("/").at(-1);
  expect(lines).toEqual([
    expect.stringMatching(`^sluice-pods predict champion:${digest} canary:${digest} --answer `),
  ]);
});

test("one photo is a question, too; what is not answered is unreachable", async () => {
  const { serving, answers } = host();
  expect(await serving.predict(Buffer.from("photo"))).toMatchObject({ modelVersion: 1 });
  answers.predict = { answers: [BUSY] };
  await expect(serving.predict(Buffer.from("photo"))).rejects.toMatchObject({ code: "serving.busy" });
  answers.predict = { answers: [{ status: 0 }] };
  await expect(serving.predict(Buffer.from("photo"))).rejects.toMatchObject({ code: "serving.unreachable" });
});

test("a host that does not answer is unreachable: for /ready that is nothing loaded", async () => {
  const { serving, answers, rollOuts } = host();
  answers.look = undefined;
  await expect(serving.metrics()).rejects.toMatchObject({ code: "serving.unreachable" });
  expect(await serving.loaded()).toBeUndefined();
  rollOuts.get = () => ({ state: "running" });
  await expect(serving.metrics()).rejects.toMatchObject({
    message: expect.stringContaining("within 0.05 s"),
  });
});
