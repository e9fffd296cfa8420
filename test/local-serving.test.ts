import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bundle, Release } from "@sluice/core";
import { childCommands, localServing, openHostWorld } from "@sluice/local";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { redWindow } from "@sluice/serving/testing/index";
import { expect, onTestFinished, test } from "vitest";

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });

test("the local world's serving process answers with the model that is released, and follows it", async () => {
  const home = await mkdtemp(join(tmpdir(), "sluice-serving-"));
  const world = openHostWorld({ SLUICE_HOME: home });
  const env = { SLUICE_HOME: home, SLUICE_WORLD: "@sluice/local" };
  const commands = childCommands({ dir: join(home, "commands"), env });
  const serving = localServing({ documents: world.documents, commands, port: await freePort() });
  onTestFinished(async () => {
    await commands.cancelAll();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const release = async (model: number) => {
    for (const [name, body] of Object.entries(toyBundle().files)) {
      await world.blobs.put(Bundle.modelPrefix(model) + name, body);
    }
    await Release.full({ model, reason: "test" }, world);
  };

  await release(1);
  await serving.ensure();
  await expect.poll(() => serving.readyVersion(), { timeout: 20_000 }).toBe(1);
  const answer = await serving.predict(await redWindow());
  expect(answer.modelVersion).toBe(1);
  expect(answer.latencyMs).toBeGreaterThan(0);
  // The toy model sees 32x32 px: the window of 180x100 px is found to within such a px.
  expect(answer.areaPx).toBeGreaterThan(14_000);
  expect(answer.areaPx).toBeLessThan(22_000);

  await release(2);
  await expect.poll(() => serving.readyVersion(), { timeout: 20_000 }).toBe(2);
  await expect(serving.predict(Buffer.from("no photo"))).rejects.toMatchObject({ code: "photo.unsupported" });
});
