import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, onTestFinished, test } from "vitest";
import { readBody } from "./body";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("a body in chunks of one byte is read whole, and no chunk is kept for long", async () => {
  const expected = Buffer.from(Array.from({ length: 3_500 }, (_, i) => i % 251));
  const sent: WeakRef<Uint8Array>[] = [];
  let held = -1;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent.length === expected.length) {
        await setImmediate();
        collectGarbage();
        held = sent.slice(0, 3_000).filter((chunk) => chunk.deref()).length;
        return controller.close();
      }
      const chunk = Uint8Array.of(expected[sent.length] ?? 0);
      sent.push(new WeakRef(chunk));
      controller.enqueue(chunk);
    },
  });
  const request = new Request("http://a/", { method: "POST", body, duplex: "half" } as RequestInit);
  expect(await readBody({ request }, 5_000)).toEqual(expected);
  expect(held).toBeLessThan(10);
});

/** A request to a Node server, once `then` has happened to the client's socket. */
async function received(body: string, then: (client: ReturnType<typeof connect>) => void) {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n${body}`);
  const [incoming] = (await once(server, "request")) as [IncomingMessage];
  then(client);
  return { incoming, client, request: new Request("http://a/", { method: "POST" }) };
}

describe("from a Node server", () => {
  test("a body is read byte by byte, and no listener stays", async () => {
    const { client, ...source } = await received("a", (socket) => {
      for (const byte of "bcdef") setTimeout(() => socket.write(byte), 5);
    });
    expect((await readBody(source, 6)).toString()).toBe("abcdef");
    for (const event of ["data", "error", "close"]) expect(source.incoming.listenerCount(event)).toBe(0);
    client.destroy();
  });

  test("a client that is gone, or goes, has broken off", async () => {
    const { client: _, ...going } = await received("abc", (socket) => setTimeout(() => socket.destroy(), 20));
    const failure = { code: "usage.invalid", message: "The request broke off" };
    await expect(readBody(going, 6)).rejects.toMatchObject(failure);
    await expect(readBody(going, 6)).rejects.toMatchObject(failure);
  });
});
