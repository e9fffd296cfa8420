import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bundle, Release } from "@sluice/core";
import { servingContract } from "@sluice/core/testing/contracts";
import { childCommands, localServing, openHostWorld } from "@sluice/local";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { redWindow } from "@sluice/serving/testing/index";
import { onTestFinished } from "vitest";

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });

servingContract("the local world", async () => {
  const home = await mkdtemp(join(tmpdir(), "sluice-serving-"));
  const world = openHostWorld({ SLUICE_HOME: home });
  const env = { SLUICE_HOME: home, SLUICE_WORLD: "@sluice/local" };
  const commands = childCommands({ dir: join(home, "commands"), env });
  onTestFinished(async () => {
    await commands.cancelAll();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    serving: localServing({ documents: world.documents, commands, port: await freePort() }),
    async release(model) {
      for (const [name, body] of Object.entries(toyBundle().files)) {
        await world.blobs.put(Bundle.modelPrefix(model) + name, body);
      }
      await Release.full({ model, reason: "test" }, world);
    },
    photo: await redWindow(),
    // The toy model sees 32x32 px: the window of 180x100 px is found to within such a px.
    areaPx: { least: 14_000, most: 22_000 },
  };
});
