import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Release } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import sharp from "sharp";
import { expect, test } from "vitest";
import { form, raw } from "../testing";
import { putToy } from "../testing/toy-world";
import { serveWorld } from "./follow-world";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const MIB = 1024 ** 2;
const WINDOWS = 10;
const REQUESTS = 200;
const CLIENTS = 6;
const SIDES = [48, 320, 640, 1000, 1600];

/** Photos of many sizes and formats, and some that are none. */
async function manyBodies() {
  const photos = await Promise.all(
    SIDES.flatMap((side) =>
      (["jpeg", "png", "webp"] as const).map((format) =>
        sharp({
          create: { width: side, height: Math.round(side * 0.75), channels: 3, background: "#c02020" },
        })
          .toFormat(format)
          .toBuffer(),
      ),
    ),
  );
  const good = photos.flatMap((photo) => [
    raw(new Uint8Array(photo)),
    form(["image", "a.jpg", new Uint8Array(photo)]),
  ]);
  const cutOff = new Uint8Array(photos[6].subarray(0, 900));
  return [...good, raw("no photo"), raw(cutOff), form(["image", "a.jpg", cutOff])];
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

test("thousands of photos of all sizes leave nothing behind", async () => {
  const world = memoryWorld();
  await putToy(1, world);
  await Release.full({ model: 1, reason: "toy" }, world);
  const server = await serveWorld(world, { port: 0, log: () => {} });
  while (!(await fetch(`${server.url}/ready`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  const bodies = await manyBodies();
  let sent = 0;
  const statuses = new Map<number, number>();
  const client = async (until: number) => {
    while (sent < until) {
      const response = await fetch(`${server.url}/predict`, bodies[sent++ % bodies.length]);
      await response.arrayBuffer();
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
  };

  const held: { rss: number; heap: number }[] = [];
  for (let window = 1; window <= WINDOWS; window++) {
    await Promise.all(Array.from({ length: CLIENTS }, () => client(window * REQUESTS)));
    collectGarbage();
    const { rss, heapUsed } = process.memoryUsage();
    held.push({ rss: rss / MIB, heap: heapUsed / MIB });
  }
  await server.close();

  expect([...statuses.keys()].sort()).toEqual([200, 415, 422]);
  expect(statuses.get(200)).toBeGreaterThan(0.9 * WINDOWS * REQUESTS);
  // Pools fill in the first windows. A leak of one small photo in ten requests would be 8 MiB and more a window.
  const grown = (key: "rss" | "heap") =>
    median(held.slice(-3).map((h) => h[key])) - median(held.slice(3, 6).map((h) => h[key]));
  console.log(held.map(({ rss, heap }) => `${rss.toFixed(0)} / ${heap.toFixed(1)} MiB`).join(", "));
  expect(grown("heap")).toBeLessThan(4);
  expect(grown("rss")).toBeLessThan(48);
}, 180_000);
