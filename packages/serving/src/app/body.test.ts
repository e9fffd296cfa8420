import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
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
