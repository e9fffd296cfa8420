import { connect } from "node:net";
import { Release } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Predictor } from "../predictor";
import { form, greyPhoto, predictingAfter, raw, toyPredictor } from "../testing";
import { openHostWorld, putToy } from "../testing/toy-world";
import { serveWorld } from "./follow-world";
import { startServer } from "./index";

let predictor: Predictor;
beforeAll(async () => {
  predictor = await toyPredictor();
});
afterAll(() => predictor.close());

/** A predictor that waits until it is told. */
function gated() {
  let open = () => {};
  let entered = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const isEntered = new Promise<void>((resolve) => {
    entered = resolve;
  });
  const waiting = predictingAfter(predictor, () => {
    entered();
    return isOpen;
  });
  return { model: () => ({ number: 1, predictor: waiting }), open, isEntered };
}

test("it answers over a socket, a form as well as a raw body", async () => {
  const server = await startServer({ port: 0, model: () => ({ number: 1, predictor }) });
  const photo = await greyPhoto();
  for (const request of [form(["image", "a.png", photo]), raw(photo, "image/png")]) {
    const response = await fetch(`${server.url}/predict`, request);
    expect(await response.json()).toMatchObject({ model_version: 1, width: 64, height: 48, box: null });
  }
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('sluice_predictions_total{version="1",role="champion"} 2');
  expect(metrics).toContain("process_cpu_seconds_total");
  await server.close();
  await expect(fetch(`${server.url}/health`)).rejects.toThrow();
});

test("a body over the limit is answered before it has all come, with and without its length", async () => {
  const server = await startServer({ port: 0, model: () => ({ number: 1, predictor }) });
  const { port } = server;
  const answerTo = (head: string, chunk: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.write(head));
      const send = () => {
        while (socket.writable && socket.write(chunk));
      };
      socket.on("connect", send).on("drain", send);
      socket.once("data", (data) => {
        resolve(data.toString("latin1").split("\r\n", 1)[0]);
        socket.destroy();
      });
      socket.once("error", reject);
    });
  const head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n";
  const bytes = "x".repeat(65_536);
  expect(await answerTo(`${head}Content-Length: 99000000\r\n\r\n`, bytes)).toBe(
    "HTTP/1.1 413 Payload Too Large",
  );
  const chunked = await answerTo(`${head}Transfer-Encoding: chunked\r\n\r\n`, `10000\r\n${bytes}\r\n`);
  expect(chunked).toBe("HTTP/1.1 413 Payload Too Large");
  await server.close();
});

test("after a body over the limit, sent to its end, the connection takes the next request", async () => {
  const limits = { bodyBytes: 1_000 };
  const server = await startServer({ port: 0, model: () => ({ number: 1, predictor }), limits });
  const photo = Buffer.from(await greyPhoto());
  const socket = connect(server.port, "127.0.0.1");
  const head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n";
  socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  for (let i = 0; i < 20; i++) socket.write(`64\r\n${"x".repeat(100)}\r\n`);
  socket.write(`0\r\n\r\n${head}Content-Length: ${photo.length}\r\n\r\n`);
  socket.write(photo);
  let answers = "";
  socket.on("data", (data) => {
    answers += data.toString("latin1");
  });
  await expect.poll(() => answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
  socket.destroy();
  await server.close();
});

test("a client that goes away while it sends gives its memory back and leaves the log quiet", async () => {
  const lines: string[] = [];
  const server = await startServer({
    port: 0,
    model: () => ({ number: 1, predictor }),
    limits: { uploadBytes: 1_000 },
    log: (line) => lines.push(line),
  });
  const socket = connect(server.port, "127.0.0.1");
  const head =
    "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: 9999\r\n\r\n";
  socket.write(head + "x".repeat(950));
  const photo = raw(await greyPhoto(), "image/png");
  const status = async () => (await fetch(`${server.url}/predict`, photo)).status;
  await vi.waitFor(async () => expect(await status()).toBe(429));
  socket.destroy();
  await vi.waitFor(async () => expect(await status()).toBe(200));
  await server.close();
  expect(lines).toEqual([]);
});

test("a taken port is a clear error", async () => {
  const first = await startServer({ port: 0, model: () => undefined });
  await expect(startServer({ port: first.port, model: () => undefined })).rejects.toMatchObject({
    code: "usage.invalid",
    message: `Port ${first.port} on 127.0.0.1 is taken`,
    hint: "Stop what uses it, or choose another with --port (0: any free one).",
  });
  await first.close();
});

test("a stop waits for what is under way, and takes nothing new", async () => {
  const { model, open, isEntered } = gated();
  const server = await startServer({ port: 0, model });
  const answer = fetch(`${server.url}/predict`, raw(await greyPhoto(), "image/png"));
  await isEntered;
  const closed = server.close();
  await expect(fetch(`${server.url}/health`)).rejects.toThrow();
  open();
  expect((await answer).status).toBe(200);
  await closed;
});

test("a stop does not wait for ever", async () => {
  const { model, open, isEntered } = gated();
  const server = await startServer({ port: 0, model, graceMs: 50 });
  const answer = fetch(`${server.url}/predict`, raw(await greyPhoto(), "image/png"));
  const cut = expect(answer).rejects.toThrow();
  await isEntered;
  await server.close();
  await cut;
  open();
});

test("requests never fail while models are swapped under them", async () => {
  const world = await openHostWorld();
  await putToy(2, world);
  const lines: string[] = [];
  const server = await serveWorld(world, { port: 0, pollMs: 10, log: (line) => lines.push(line) });
  const ready = async () => (await (await fetch(`${server.url}/ready`)).json()) as { model?: number };
  while ((await ready()).model !== 1) await new Promise((resolve) => setTimeout(resolve, 10));

  const photo = await greyPhoto();
  const seen = new Set<number>();
  for (let i = 0; i < 200 && !seen.has(2); i++) {
    if (i === 5) await Release.full({ model: 2, reason: "better" }, world);
    const answers = await Promise.all(
      [1, 2, 3].map(() => fetch(`${server.url}/predict`, raw(photo, "image/png"))),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      seen.add(((await answer.json()) as { model_version: number }).model_version);
    }
  }
  expect([...seen]).toEqual([1, 2]);
  expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
    'sluice_model_loads_total{outcome="loaded"} 2',
  );
  await server.close();
  expect(lines).toEqual([
    expect.stringMatching(/^Model 1 is ready/),
    expect.stringMatching(/^Model 2 is ready/),
  ]);
}, 120_000); // its threads start in seconds, but not on a busy machine

test("a world without a release is served, but not ready", async () => {
  const server = await serveWorld(memoryWorld(), { port: 0, log: () => {} });
  const response = await fetch(`${server.url}/ready`);
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ ready: false, reason: "No model has been released yet" });
  await server.close();
});
