import { connect, type Socket } from "node:net";
import { form, greyPhoto, raw } from "@sluice/serving/testing/index";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { badForms, oddForms } from "./inputs/forms";
import { badPhotos, oddPhotos } from "./inputs/photos";
import { badZips, oddZips } from "./inputs/zips";
import { type ServingProcess, startProcess } from "./process";
import { posting } from "./socket";

let server: ServingProcess;
beforeAll(async () => {
  server = await startProcess();
});
afterAll(() => server.stop());

const predict = async () => fetch(`${server.url}/predict`, raw(await greyPhoto(), "image/png"));

interface Slow {
  socket: Socket;
  /** What it got, and how long it was kept, when the server is done with it. */
  ended: Promise<{ got: string; seconds: number }>;
}

/** Sends the beginning, then a byte of the rest twice a second, for ever. */
function slowly(beginning: string, byte: string): Slow {
  const socket = connect(server.port, "127.0.0.1");
  const started = Date.now();
  let got = "";
  socket.write(beginning);
  const drip = setInterval(() => socket.writable && socket.write(byte), 500);
  socket.on("data", (data) => (got += data));
  socket.on("error", () => undefined);
  const ended = new Promise<{ got: string; seconds: number }>((resolve) =>
    socket.on("close", () => {
      clearInterval(drip);
      resolve({ got, seconds: (Date.now() - started) / 1000 });
    }),
  );
  return { socket, ended };
}

const HEADERS = "POST /predict HTTP/1.1\r\nHost: x\r\nX-Slow: ";
const BODY = posting({ "Content-Length": 100_000 }).join("");

test("200 slow clients are told so and let go, and keep nobody else from being answered", async () => {
  const slow = Array.from({ length: 200 }, (_, i) => (i % 2 ? slowly(HEADERS, "y") : slowly(BODY, "y")));
  for (let i = 0; i < 20; i++) expect((await predict()).status).toBe(200);
  for (const [i, { ended }] of slow.entries()) {
    const { got, seconds } = await ended;
    expect(got).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*"code":"request\.too_slow"/);
    expect(seconds).toBeGreaterThan(i % 2 ? 9 : 29);
    expect(seconds).toBeLessThan(i % 2 ? 20 : 45);
  }
  expect((await predict()).status).toBe(200);
});

test("clients that send all and read nothing keep no slot", async () => {
  const photo = await greyPhoto();
  const request = new Request(
    "http://x",
    form(...Array.from({ length: 25 }, () => ["images", "a", photo] as const)),
  );
  const body = Buffer.from(await request.arrayBuffer());
  const head = posting({
    "Content-Length": body.length,
    "Content-Type": request.headers.get("content-type") ?? "",
    Accept: "application/x-ndjson",
  });
  const sockets = Array.from({ length: 16 }, () => {
    const socket = connect(server.port, "127.0.0.1").pause();
    socket.on("error", () => undefined);
    socket.write(head.join("").replace("/predict", "/batch-predict"));
    socket.write(body);
    return socket;
  });
  const begun = () => server.metric('sluice_batch_size_bucket{le="32"}');
  const before = await server.metric('sluice_batch_size_bucket{le="16"}');
  await expect.poll(async () => (await begun()) - before, { timeout: 60_000 }).toBe(sockets.length);
  const underWay = async () =>
    (await server.metric("sluice_requests_in_flight")) + (await server.metric("sluice_queue_depth"));
  await expect.poll(underWay, { timeout: 120_000 }).toBe(0);
  expect((await predict()).status).toBe(200);
  for (const socket of sockets) socket.destroy();
});

test("an idle connection is closed", async () => {
  const { ended } = slowly("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "");
  const { got, seconds } = await ended;
  expect(got).toMatch(/^HTTP\/1\.1 200/);
  expect(seconds).toBeLessThan(15);
});

test("memory returns after everything bad was sent ten times", async () => {
  const cases = [...badPhotos, ...badForms, ...badZips, ...oddPhotos, ...oddForms, ...oddZips];
  const rss: number[] = [];
  for (let round = 0; round < 10; round++) {
    for (const { path = "/predict", request } of cases) {
      const response = await fetch(`${server.url}${path}`, await request());
      await response.arrayBuffer();
      expect(response.status).toBeLessThan(500);
    }
    rss.push((await server.metric("process_resident_memory_bytes")) / 2 ** 20);
  }
  const megabytes = rss.map(Math.round).join(", ");
  console.info(`Resident memory after each round of ${cases.length} inputs: ${megabytes} MiB`);
  expect(Math.max(...rss.slice(5)), megabytes).toBeLessThan(Math.max(...rss.slice(0, 3)) + 60);
});

/** Seconds of work here, and well within the grace of ten even where others work, too. */
const PHOTOS = 30;

test("SIGTERM: a batch under way is answered to its end, nobody new is let in, and the exit is clean", async () => {
  const own = await startProcess();
  const photo = new Uint8Array(
    await sharp({ create: { width: 1600, height: 1200, channels: 3, background: "#808080" } })
      .jpeg()
      .toBuffer(),
  );
  const request = form(...Array.from({ length: PHOTOS }, (_, i) => ["images", `${i}.jpg`, photo] as const));
  const response = await fetch(`${own.url}/batch-predict`, {
    ...request,
    headers: { Accept: "application/x-ndjson" },
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader?.read())?.value ?? "";
  const stopped = own.stop();
  await expect
    .poll(() =>
      fetch(`${own.url}/health`).then(
        () => "answered",
        () => "refused",
      ),
    )
    .toBe("refused");
  for (let done = false; !done; ) {
    const next = await reader?.read();
    text += next?.value ?? "";
    done = next?.done ?? true;
  }
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ done, total, error }) => [done, total, error])).toEqual(
    lines.map((_, i) => [i + 1, PHOTOS, undefined]),
  );
  expect(lines).toHaveLength(PHOTOS);
  expect(await stopped).toBe(0);
  const entry = own.logged().find(({ route }) => route === "/batch-predict");
  expect(entry).toMatchObject({ level: "info", status: 200, answered: PHOTOS, refused: 0, role: "champion" });
});
