import { Release } from "@sluice/core";
import { expect, test } from "vitest";
import { openHostWorld, openWorld } from "./index";
import { testFolder } from "./testing";

test("what the world writes, programs on the host read, and what they send back it reads", async () => {
  const home = await testFolder(() => world.host.stop());
  const world = openWorld({ home, settings: { recipe: { epochs: 2 } }, codeCommit: "abc" });
  expect(world).toMatchObject({
    codeCommit: "abc",
    settings: { stage: "local", recipe: { epochs: 2, base: 16 } },
  });

  const onHost = openHostWorld({ SLUICE_HOME: home });
  await world.blobs.put("jobs/run-1/job.json", "{}");
  await Release.full({ model: 1, reason: "test" }, world);
  expect(await onHost.blobs.list("jobs/")).toEqual(["jobs/run-1/job.json"]);
  expect(await Release.current(onHost)).toMatchObject({ champion: 1 });

  await world.commands.send({ id: "env", line: 'echo "$SLUICE_HOME $SLUICE_WORLD"', timeoutSeconds: 30 });
  await expect
    .poll(async () => (await world.commands.status("env"))?.tail, { timeout: 5_000 })
    .toBe(`${home} @sluice/local`);
});

test("the commit is that of the code by default", () => {
  expect(openWorld({ home: "unused" }).codeCommit).toMatch(/^[0-9a-f]{40}$|^unknown$/);
});

test("settings that do not fit are named", () => {
  expect(() => openWorld({ home: "unused", settings: { recipe: { epochs: 0 } } })).toThrow(
    expect.objectContaining({ code: "usage.invalid", message: expect.stringContaining("recipe.epochs") }),
  );
});
