import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { killedInTraining } from "./killed";
import { answer, type Home, toyHome } from "./sluice";

let home: Home;
beforeEach(async () => {
  home = await toyHome({ refinerEpochs: 24 }); // enough to be killed in
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
