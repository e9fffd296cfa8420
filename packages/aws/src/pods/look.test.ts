import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { look, predict } from "./look";
import { fakeTool, listOf, podObject, serviceObject } from "./testing/index";

/** Answers as the server in a pod does; its port. */
async function server(ready: object, isReady = true): Promise<number> {
  let asked = 0;
  const http = createServer((request, answer) => {
    if (request.url === "/ready") answer.writeHead(isReady ? 200 : 503).end(JSON.stringify(ready));
    else if (request.url === "/metrics") answer.end("up 1\n");
    else if (++asked === 1) request.resume().on("end", () => answer.writeHead(429).end("{}"));
    else {
      const role = request.headers["sluice-role"] ?? "none";
      request.on("data", (photo: Buffer) => answer.end(JSON.stringify({ role, bytes: photo.length })));
    }
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  return (http.address() as AddressInfo).port;
}

test("every pod is asked; one that does not answer is in the list, too", async () => {
  const [good, waiting] = [await server({ ready: true }), await server({ ready: false }, false)];
  const { tool } = fakeTool({
    kubectl: listOf(
      podObject("good", { port: good }),
      podObject("waiting", { port: waiting }),
      podObject("new", { status: { podIP: undefined } }),
      podObject("dead", { port: 1 }),
    ),
  });
  const image = "r/sluice@sha256:1";
  expect(await look("sluice-prod", tool)).toEqual({
    pods: [
      { name: "good", image, ready: { ready: true }, metrics: "up 1\n" },
      { name: "waiting", image, ready: { ready: false }, metrics: "up 1\n" },
      { name: "new", image, ready: null, metrics: null },
      { name: "dead", image, ready: null, metrics: null },
    ],
  });
});

test("photos go to the Service in turn, by the role that is asked for; a busy pod is asked again", async () => {
  const { tool } = fakeTool({ kubectl: listOf(serviceObject(await server({}))) });
  const photo = new Uint8Array([1, 2, 3]);
  expect(await predict([{ photo, role: "canary" }, { photo }], "sluice-prod", tool)).toEqual([
    { status: 200, body: { role: "canary", bytes: 3 } },
    { status: 200, body: { role: "none", bytes: 3 } },
  ]);
});

test("a Service without pods has no answer, and without a Service nobody can be asked", async () => {
  const photos = [{ photo: new Uint8Array([1]) }];
  const dead = fakeTool({ kubectl: listOf(serviceObject(1)) });
  expect(await predict(photos, "sluice-prod", dead.tool)).toEqual([{ status: 0 }]);
  const none = fakeTool({ kubectl: listOf() });
  const asked = predict(photos, "sluice-prod", none.tool);
  await expect(asked).rejects.toMatchObject({ code: "serving.unreachable" });
});
