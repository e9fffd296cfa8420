import { join } from "node:path";
import { hostContract } from "@sluice/core/testing/contracts";
import { expect, test } from "vitest";
import { childCommands } from "../commands";
import { fileDocuments } from "../documents";
import { testFolder } from "../testing";
import { localHost } from "./index";

async function fresh() {
  const dir = await testFolder(() => commands.cancelAll());
  const commands = childCommands({ dir: join(dir, "commands"), graceSeconds: 1 });
  const documents = fileDocuments(join(dir, "documents"));
  return { documents, commands, host: localHost({ documents, commands }) };
}

hostContract("this machine", fresh);

test("another process sees whether it is started, and can stop it", async () => {
  const { host, documents, commands } = await fresh();
  const other = localHost({ documents, commands });
  await host.start();
  expect(await other.status()).toBe("ready");
  await other.stop();
  expect(await host.status()).toBe("stopped");
});
