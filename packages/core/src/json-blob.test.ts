import { expect, test } from "vitest";
import * as z from "zod";
import { readJson } from "./json-blob";
import { memoryWorld } from "./testing";

const Point = z.object({ x: z.number(), y: z.number() });
async function read(text: string) {
  const world = memoryWorld();
  await world.blobs.put("a/point.json", text);
  return readJson("a/point.json", Point, world, "Draw it again.");
}

test("a JSON blob that fits is answered", async () => {
  expect(await read('{ "x": 1, "y": 2 }')).toEqual({ x: 1, y: 2 });
});

test.each([
  ['{ "x": 1', "a/point.json is no JSON"],
  ["", "a/point.json is no JSON"],
  ["null", "a/point.json does not fit: it: Invalid input: expected object, received null"],
  ['{ "x": 1 }', "a/point.json does not fit: y: Invalid input: expected number, received undefined"],
])("%j is refused, and named", async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({
    code: "document.invalid",
    message,
    hint: "Draw it again.",
  });
});

test("a blob that is not there is missing", async () => {
  const answer = readJson("a/point.json", Point, memoryWorld());
  await expect(answer).rejects.toMatchObject({ code: "blob.missing" });
});
