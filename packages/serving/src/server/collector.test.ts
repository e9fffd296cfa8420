import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("this Node's V8 knows what it is told", () => {
  const program = `
    import { collectSeldom } from ${JSON.stringify(new URL("./collector.ts", import.meta.url).href)};
    collectSeldom();
    console.log("told");`;
  const args = ["--import", "tsx", "--input-type=module", "-e", program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "told\n", stderr: "" });
}, 60_000);
