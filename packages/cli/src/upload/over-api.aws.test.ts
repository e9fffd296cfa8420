import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { s3Blobs } from "@sluice/aws/blobs/index";
import { systemClock } from "@sluice/aws/clock";
import { dynamoDocuments } from "@sluice/aws/documents/index";
import { testBucket, testTable } from "@sluice/aws/testing/index";
import { s3Uploads } from "@sluice/aws/uploads/index";
import { createControlApp } from "@sluice/control";
import { heldRuns } from "@sluice/control/testing";
import { fromFolder } from "@sluice/core/batch/index";
import * as Run from "@sluice/core/run/index";
import { writeSamples } from "@sluice/samples";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../cli";
import { recordingIo } from "../testing";

const TOKEN = "letter.of.introduction";

async function sluice(...words: string[]) {
  const kept = recordingIo();
  const code = await run(words, (asked) => Object.assign(kept.io, asked));
  return { code, out: kept.answered.join("\n"), err: kept.complained.join("\n") };
}

/** The control API over a bucket and a table, behind a door that asks for the token. */
async function openApi() {
  const bucket = await testBucket();
  const documents = dynamoDocuments({ table: await testTable() });
  const world = { blobs: s3Blobs({ bucket }), documents, clock: systemClock };
  const history = async (runId: string) => [{ runId, at: 0, type: "ExecutionSucceeded" as const }];
  const control = createControlApp({
    world,
    runs: { ...heldRuns(world), history },
    uploads: s3Uploads({ bucket }),
    log: () => {},
  });
  const app = new Hono();
  app.use((c, next) =>
    c.req.header("authorization") === `Bearer ${TOKEN}` ? next() : Promise.resolve(c.text("", 401)),
  );
  app.all("*", (c) => control.fetch(c.req.raw));
  const url = await new Promise<string>((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
    onTestFinished(() => new Promise<void>((closed) => server.close(() => closed())));
  });
  return { world, url };
}

test("push over the API needs a token and no AWS credentials: its forms bring the files to the bucket", async () => {
  const { world, url } = await openApi();
  const dir = await mkdtemp(join(tmpdir(), "sluice-api-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeSamples(dir, { count: 2, seed: 1, size: { width: 60, height: 80 } });
  const stranger = await sluice("push", dir, "--api", url, "--token", "forged");
  expect(stranger).toMatchObject({ code: 9, err: expect.stringContaining("world.credentials: ") });

  const { batch, entries, close } = await fromFolder(dir);
  const pushed = sluice("push", dir, "--api", `${url}/`, "--token", TOKEN, "--masks", "threshold", "--json");
  const runId = `${batch}-1`;
  while (!(await world.blobs.has(`incoming/${batch}/_SUCCESS`))) await sleep(50);
  await Run.end(runId, "rejected", "no good", world); // as the run's steps would
  const { code, out } = await pushed;
  expect(code).toBe(3);
  expect(JSON.parse(out)).toMatchObject({ id: runId, outcome: "rejected", masks: "threshold" });
  for (const { name, bytes } of entries) {
    expect((await world.blobs.get(`incoming/${batch}/${name}`)).equals(await bytes())).toBe(true);
  }
  close();
});
