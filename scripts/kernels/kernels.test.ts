import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { compile, inRoot, KERNELS } from "./compile";

test.each(KERNELS)("$binary is what its sources compile to (npm run kernels)", async ({ source, binary }) => {
  const [, written] = /BINARY =\s+"([^"]+)"/.exec(await readFile(inRoot(binary), "utf8")) ?? [];
  expect(written).toBe(await compile(source));
});
