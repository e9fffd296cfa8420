import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Training } from "@sluice/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { killedInTraining } from "./killed";
import { answer, type Home, toyHome } from "./sluice";

let home: Home;
beforeEach(async () => {
  home = await toyHome({ refinerEpochs: 24, replicas: 2 }); // enough to be killed in
});
afterEach(() => home.remove());

test("only the runner killed: the training goes on alone, and resume finds it", {
  timeout: 180_000,
}, async () => {
  const id = await killedInTraining(home, "locator", false);
  expect(answer(await home.sluice("runs", "resume", id, "--json"))).toMatchObject({
    id,
    outcome: "promoted",
  });
  const commands = await readdir(path.join(home.dir, "commands"));
  expect(commands.filter((command) => command.includes("-train-"))).toEqual([`${id}-train-1`]);
});

test("both killed in the second network's training: resume goes on from its checkpoint", {
  timeout: 180_000,
}, async () => {
  const id = await killedInTraining(home, "refiner", true);
  const resumed = await home.sluice("runs", "resume", id, "--json");
  expect(answer(resumed)).toMatchObject({ id, outcome: "promoted", model: 1 });

  const result = await home.json<Training.Result>(`blobs/jobs/${id}/result.json`);
  expect(result.networks.map(({ role }) => role)).toEqual(["locator", "refiner"]);
  for (const { epochs } of result.networks) {
    expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, i) => i + 1));
  }
  const log = await readFile(path.join(home.dir, "commands", `${id}-train-2`, "output.log"), "utf8");
  expect(log).toContain("refiner goes on after");
  expect(log).toContain("refiner epoch 24/24");
  expect(log).not.toMatch(/locator epoch|refiner epoch 1\//);

  const batches = answer<unknown[]>(await home.sluice("dataset", "--json"));
  expect(batches).toHaveLength(1);
  expect(answer(await home.sluice("runs", "resume", id, "--json"))).toMatchObject({
    error: { code: "run.not_resumable" },
  });
});
