import { expect, test } from "vitest";
import { blobsContract, clockContract, documentsContract } from "./contracts";
import { memoryWorld } from "./memory-world";

blobsContract("memory", () => memoryWorld().blobs);
documentsContract("memory", () => memoryWorld().documents);

test("its clock stands still until it is told", () => {
  const { clock } = memoryWorld();
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
  clock.advance(1_500);
  expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 1_500);
});
clockContract("the test clock", () => memoryWorld().clock);
