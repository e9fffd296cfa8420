import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../bin/sluice-serve.mjs", import.meta.url));
const TOY_WORLD = new URL("./testing/toy-world.ts", import.meta.url).href;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function serve(...args: string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, SLUICE_WORLD: TOY_WORLD } });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  return { child, output: () => output, exit: once(child, "close") }; // its output is whole then
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const found = await look().catch(() => undefined);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("It never came");
}

test("the program serves its world's model, and stops when told", async () => {
  const { child, output, exit } = serve("--port", "0");
  const url = await until(async () => /Serving on (http:\S+)/.exec(output())?.[1]);
  const ready = await until(async () => {
    const response = await fetch(`${url}/ready`);
    return response.ok ? await response.json() : undefined;
  });
  expect(ready).toEqual({ ready: true, model: 1, champion: 1, canary: null, weight: 0, problem: null });
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
  const messages = output()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => (JSON.parse(line) as { message?: string }).message);
  expect(messages).toContainEqual(expect.stringMatching(/^Model 1 is ready, loaded and warmed in \d+ ms$/));
  expect(messages).toContain("SIGTERM: answering what is under way, then stopping");
});

test("a taken port and a wrong one are told without a stack", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const taken = serve("--port", String(port));
  const wrong = serve("--port", "99999");
  expect(await taken.exit).toEqual([2, null]);
  expect(await wrong.exit).toEqual([2, null]);
  expect(taken.output()).toBe(
    `sluice-serve: Port ${port} on 127.0.0.1 is taken. Stop what uses it, or choose another with --port (0: any free one).\n`,
  );
  expect(wrong.output()).toBe("sluice-serve: --port 99999 is no port. Give a number from 0 to 65535.\n");
  other.close();
});
