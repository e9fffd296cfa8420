import { expect, test } from "vitest";
import { champion, closeAfterEach, forgeOn, github } from "./testing/forge";
import { headOf } from "./testing/state";

closeAfterEach();

test("a comment is on the commit that is named, else on the head of main", async () => {
  const { forge, state, owner, repo } = await github();
  const first = headOf(state, "main") ?? "";
  const { number } = await forge.openPullRequest(champion(1));
  await forge.autoMerge({ number });
  await forge.comment({ key: "a", ref: first, body: "On the first." });
  const { url } = await forge.comment({ key: "b", body: "On the head." });
  expect(state.comments.map(({ commit }) => commit)).toEqual([first, headOf(state, "main")]);
  expect(url).toBe(
    `https://github.com/${owner}/${repo}/commit/${headOf(state, "main")}#commitcomment-${state.comments[1]?.id}`,
  );
});

test("a comment is changed in its place, also after main has moved on", async () => {
  const { forge, state } = await github();
  const first = await forge.comment({ key: "rejection-run--1", body: "Two faults." });
  const { number } = await forge.openPullRequest(champion(1));
  await forge.autoMerge({ number });
  expect(await forge.comment({ key: "rejection-run--1", body: "One fault." })).toEqual(first);
  expect(state.comments).toHaveLength(1);
  expect(state.comments[0]?.body).toBe("One fault.\n\n<!-- sluice::rejection-run-%2D1 -->");
});

test("a comment asked for many times at once, one is left", async () => {
  const { forge, state } = await github();
  const ask = () => forge.comment({ key: "rejection-run-1", body: "Two faults." });
  const answers = await Promise.all(Array.from({ length: 6 }, ask));
  expect(state.comments).toHaveLength(1);
  expect(await ask()).toEqual({ url: expect.stringContaining(`#commitcomment-${state.comments[0]?.id}`) });
  expect(answers).toHaveLength(6);
});

test("a comment for a commit of another repository is on main, and says so", async () => {
  const { forge, state } = await github();
  await forge.comment({ key: "a", ref: "0123456789012345678901234567890123456789", body: "Two faults." });
  await forge.comment({ key: "a", ref: "0123456789012345678901234567890123456789", body: "Two faults." });
  expect(state.comments).toHaveLength(1);
  expect(state.comments[0]?.body).toContain(
    "(For `0123456789012345678901234567890123456789`, which is not in",
  );
});

test("a comment longer than GitHub takes is cut, and still found again", async () => {
  const { forge, state } = await github();
  for (let i = 0; i < 2; i++) await forge.comment({ key: "a", body: "fault\n".repeat(20_000) });
  expect(state.comments).toHaveLength(1);
  expect(state.comments[0]?.body.length).toBe(65_536);
  expect(state.comments[0]?.body).toContain("the rest is left out here");
});

test("a comment of another stage with the same key is left alone", async () => {
  const dev = await github({ namespace: "dev" });
  await dev.forge.comment({ key: "a", body: "Ours." });
  const other = await forgeOn(dev, { namespace: "prod" }).comment({ key: "a", body: "Theirs." });
  const { state } = dev;
  expect(state.comments.map(({ body }) => body.split("\n")[0])).toEqual(["Ours.", "Theirs."]);
  expect(other.url).toContain(`#commitcomment-${state.comments[1]?.id}`);
});

test("a comment that was made though its answer was lost is not made again", async () => {
  const { forge, state } = await github();
  state.faults.push({ method: "POST", path: /comments$/, status: 502, isDone: true });
  await forge.comment({ key: "a", body: "Two faults." });
  expect(state.comments).toHaveLength(1);
});

test("a comment is found among more than a page of others", async () => {
  const { forge, state } = await github();
  const commit = headOf(state, "main") ?? "";
  for (let i = 0; i < 230; i++) state.comments.push({ id: state.nextId++, commit, body: `Other ${i}` });
  const first = await forge.comment({ key: "a", body: "Two faults." });
  expect(await forge.comment({ key: "a", body: "Two faults." })).toEqual(first);
  expect(state.comments).toHaveLength(231);
});
