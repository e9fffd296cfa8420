import { memoryWorld } from "@sluice/core/testing/index";
import { expect, test } from "vitest";
import { recordedForge } from "./recorded";

const champion = (model: number) => ({
  branch: `sluice/model-${model}`,
  title: `Model ${model}`,
  body: "Better.",
  files: { "models/champion.json": `{"model":${model}}\n`, "models/1/curves.png": Uint8Array.of(1, 2, 255) },
});

test("a comment is kept under its key; said again, it is what was said last", async () => {
  const { blobs } = memoryWorld();
  const forge = recordedForge({ blobs });
  const first = await forge.comment({ key: "rejection-run-1", ref: "abc", body: "Two faults." });
  await forge.comment({ key: "rejection-run-1", ref: "abc", body: "One fault." });
  expect(first).toEqual({ url: "forge/comments/rejection-run-1.md" });
  expect((await blobs.get(first.url)).toString()).toBe("> On abc\n\nOne fault.");
  expect(await blobs.list("forge/")).toEqual(["forge/comments/rejection-run-1.md"]);
});

test("a proposal is kept with its files, once per branch, also when asked many times at once", async () => {
  const { blobs } = memoryWorld();
  const forge = recordedForge({ blobs });
  const answers = await Promise.all([1, 1, 2, 1, 2].map((model) => forge.openPullRequest(champion(model))));
  expect(new Set(answers.map(({ number }) => number))).toEqual(new Set([1, 2]));
  expect(answers[1]).toEqual(answers[0]);
  const { number, url } = answers[0] as { number: number; url: string };
  expect(url).toBe(`forge/pulls/${number}/pull.json`);
  expect(JSON.parse((await blobs.get(url)).toString())).toEqual({
    number,
    branch: "sluice/model-1",
    title: "Model 1",
    body: "Better.",
  });
  const files = `forge/pulls/${number}/files/`;
  expect((await blobs.get(`${files}models/champion.json`)).toString()).toBe('{"model":1}\n');
  expect([...(await blobs.get(`${files}models/1/curves.png`))]).toEqual([1, 2, 255]);
});

test("what a killed writer left out is written when it is asked again", async () => {
  const { blobs } = memoryWorld();
  const forge = recordedForge({ blobs });
  await forge.openPullRequest(champion(1));
  await blobs.remove("forge/pulls/1/files/models/champion.json");
  await forge.openPullRequest(champion(1));
  expect(await blobs.has("forge/pulls/1/files/models/champion.json")).toBe(true);
});

test("nothing is merged, and it says why; what was never opened is an error", async () => {
  const { blobs } = memoryWorld();
  const forge = recordedForge({ blobs });
  const { number } = await forge.openPullRequest(champion(1));
  expect(await forge.autoMerge({ number })).toEqual({
    merged: false,
    reason: expect.stringContaining("No GitHub is configured"),
  });
  await expect(forge.autoMerge({ number: 9 })).rejects.toMatchObject({ code: "forge.failed" });
});
