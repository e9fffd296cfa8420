import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { childCommands } from "../commands";
import { fileDocuments } from "../documents";
import { rooms } from "../home";
import { testFolder } from "../testing";
import { localServing } from "./index";
import { servingPort } from "./port";

async function listen(port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nsomebody else"));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  return { server, port: typeof address === "object" ? (address?.port ?? 0) : 0 };
}
const close = (server: Server) => new Promise((resolve) => server.close(resolve));

/** A home whose first port to try is free now. */
async function fresh() {
  const home = await testFolder(() => commands.cancelAll());
  const env = { SLUICE_HOME: home, SLUICE_WORLD: "@sluice/local" };
  const commands = childCommands({ dir: rooms(home).commands, env, graceSeconds: 2 });
  const documents = fileDocuments(rooms(home).documents);
  const { server, port } = await listen();
  await close(server);
  return { documents, commands, port, serving: localServing({ documents, commands, port }) };
}

test("it is started once, found again by others, and started anew when it died", async () => {
  const { serving, documents, commands, port } = await fresh();
  expect(await serving.readyVersion()).toBeUndefined();
  await expect(serving.predict(Buffer.from("x"))).rejects.toMatchObject({ code: "serving.unreachable" });

  const url = `http://127.0.0.1:${port}`;
  expect(await Promise.all([serving.ensure(), serving.ensure()])).toEqual([{ url }, { url }]);
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok" });
  expect(await serving.readyVersion()).toBeUndefined();
  await expect(serving.predict(Buffer.from("x"))).rejects.toMatchObject({ code: "model.not_ready" });

  expect(await localServing({ documents, commands, port }).ensure()).toEqual({ url });
  expect(await commands.status("serve-2")).toBeUndefined();

  await commands.cancelAll();
  expect(await serving.ensure()).toEqual({ url });
  expect((await commands.status("serve-2"))?.state).toBe("running");
});

test("a port that another program has is passed over", async () => {
  const { serving, commands, port } = await fresh();
  const { server } = await listen(port);
  onTestFinished(() => void server.close());
  const { url } = await serving.ensure();
  expect(Number(new URL(url).port)).toBeGreaterThan(port);
  expect((await commands.status("serve-1"))?.state).toBe("running");
});

test("one that does not come up is told with the end of its output", async () => {
  const home = await testFolder();
  const env = { SLUICE_HOME: join(home), SLUICE_WORLD: "no-such-world" };
  const commands = childCommands({ dir: rooms(home).commands, env });
  const { server, port } = await listen();
  await close(server);
  const serving = localServing({ documents: fileDocuments(rooms(home).documents), commands, port });
  await expect(serving.ensure()).rejects.toMatchObject({
    code: "serving.unreachable",
    message: expect.stringContaining("no-such-world"),
  });
});

test("the port comes from SLUICE_SERVING_PORT", () => {
  expect(servingPort({})).toBe(4380);
  expect(servingPort({ SLUICE_SERVING_PORT: "" })).toBe(4380);
  expect(servingPort({ SLUICE_SERVING_PORT: "9000" })).toBe(9000);
  for (const port of ["http", "0", "65536", "80.5"]) {
    expect(() => servingPort({ SLUICE_SERVING_PORT: port })).toThrow(`SLUICE_SERVING_PORT is ${port}`);
  }
});
