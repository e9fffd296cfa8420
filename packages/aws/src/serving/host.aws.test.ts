import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { s3Blobs } from "../blobs";
import { ssmCommands } from "../commands";
import { dynamoDocuments } from "../documents";
import { listOf, podObject, serviceObject } from "../pods/testing";
import { testBucket, testTable } from "../testing";
import { runningInstance } from "../testing/instance";
import { publishRelease } from "../testing/release";
import { hostServing } from "./host";
import { APP, servingOf, URL } from "./testing";

const IMAGE = `ghcr.io/us/sluice@sha256:${"0".repeat(64)}`;
const READY = { ready: true, model: 4, champion: 4, canary: null, weight: 0, problem: null };
/** More than Run Command keeps of an output. */
const METRICS = `${"# a long comment\n".repeat(3_000)}sluice_predictions_total{version="4",role="champion"} 7\n`;

/** A server as in a pod, behind a kubectl that tells of it and a Helm that notes what it is asked. */
async function cluster() {
  const folder = await mkdtemp(join(tmpdir(), "sluice-cluster-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const http = createServer((request, answer) => {
    if (request.url === "/ready") return answer.end(JSON.stringify(READY));
    if (request.url === "/metrics") return answer.end(METRICS);
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on("end", () => answer.end(JSON.stringify(prediction(bytes, request.headers["sluice-role"]))));
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  const { port } = http.address() as AddressInfo;
  await writeFile(join(folder, "list.json"), listOf(podObject("a", { port }), serviceObject(port)));
  const program = async (name: string, script: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >>${folder}/calls\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  };
  await program("kubectl", `case "$*" in *pods,services*) cat ${folder}/list.json ;; esac`);
  await program("helm", `case "$1" in status) exit 1 ;; upgrade) cat >${folder}/values ;; esac`);
  return {
    program: `PATH=${folder}:$PATH HELM=${folder}/helm sluice-pods`,
    calls: async () => (await readFile(join(folder, "calls"), "utf8")).split("\n"),
    values: async () => JSON.parse(await readFile(join(folder, "values"), "utf8")),
  };
}

const prediction = (area_px: number, role: unknown = "champion") => ({
  model_version: 4,
  model_role: role,
  width: 100,
  height: 100,
  area_px,
  confidence: 0.9,
  timings_ms: { total: 12 },
  mask: "…",
});

test("the pods are rolled out and asked by Run Command; the function counts, too", async () => {
  const { program, calls, values } = await cluster();
  const [bucket, table, instanceId] = [await testBucket(), await testTable(), await runningInstance()];
  const [blobs, documents] = [s3Blobs({ bucket }), dynamoDocuments({ table })];
  const release = await publishRelease(bucket);
  const stage = { stage: "prod", bucket, table, region: "eu-west-1", release, instanceId };
  const commands = ssmCommands({ ...stage, documents, blobs, pauseMs: 50 });
  const { serving: beside } = await servingOf(APP);
  const serving = hostServing({
    commands,
    blobs,
    documents,
    beside,
    program,
    limitMs: 120_000, // a busy machine
    target: { ...stage, image: IMAGE },
  });

  expect(await serving.ensure()).toEqual({ url: URL, pending: `${IMAGE} is being rolled out` });
  await expect.poll(serving.ensure, { timeout: 240_000, interval: 500 }).toEqual({ url: URL });
  expect((await calls()).filter((call) => call.startsWith("helm upgrade"))).toHaveLength(1);
  expect(await values()).toMatchObject({ world: { kind: "aws", bucket, table, region: "eu-west-1" } });

  expect(await serving.loaded()).toEqual({ champion: 4, canary: null, weight: 0, problem: null });
  expect(await serving.metrics()).toEqual([
    { process: "a", text: METRICS },
    { process: expect.stringContaining("serving-"), text: "up 1" },
  ]);
  const photo = new Uint8Array(25);
  const asked = [{ photo, role: "canary" as const }, { photo }];
  const answer = { modelVersion: 4, areaPx: 25, areaRatio: 0.0025, confidence: 0.9, latencyMs: 12 };
  const startedAt = Date.now();
  expect(await serving.predictAll?.(asked)).toEqual([
    { ...answer, role: "canary" },
    { ...answer, role: "champion" },
  ]);
  console.log(`two photos by one command: ${Date.now() - startedAt} ms`);
});
