import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openExampleStore } from "./example-store";

let folder: string;
beforeEach(async () => {
  folder = path.join(await fs.mkdtemp(path.join(os.tmpdir(), "sluice-store-test-")), "examples");
});
afterEach(() => fs.rm(path.dirname(folder), { recursive: true, force: true }));

const bytes = (length: number, value = 7) => new Uint8Array(length).fill(value);
const never = () => expect.unreachable("it was made again");
/** As if it had last been asked for so many minutes ago. */
async function age(key: string, minutes: number): Promise<void> {
  const then = new Date(Date.now() - 60_000 * minutes);
  await fs.utimes(path.join(folder, key), then, then);
}
const names = async () => (await fs.readdir(folder)).sort();

describe("get", () => {
  test("an example is made once, also for the next training", async () => {
    const store = await openExampleStore(folder);
    const made = await store.get("a", 5, async () => bytes(5));
    expect(made).toEqual({ file: path.join(folder, "a"), wasThere: false });
    expect(await fs.readFile(made.file)).toEqual(Buffer.from(bytes(5)));
    expect(await store.get("a", 5, never)).toEqual({ ...made, wasThere: true });
    await store.close();
    expect(await (await openExampleStore(folder)).get("a", 5, never)).toEqual({ ...made, wasThere: true });
  });

  test("a file that was cut short is made again", async () => {
    const store = await openExampleStore(folder);
    const { file } = await store.get("a", 5, async () => bytes(5));
    await fs.truncate(file, 3);
    expect(await store.get("a", 5, async () => bytes(5, 9))).toEqual({ file, wasThere: false });
    expect(await fs.readFile(file)).toEqual(Buffer.from(bytes(5, 9)));
  });

  test("what fails while it is made leaves nothing, and may be tried again", async () => {
    const store = await openExampleStore(folder);
    const failing = store.get("a", 5, () => Promise.reject(new Error("damaged")));
    await expect(failing).rejects.toThrow("damaged");
    expect(await names()).toEqual([]);
    expect((await store.get("a", 5, async () => bytes(5))).wasThere).toBe(false);
    expect(await names()).toEqual(["a"]);
  });

  test("a disk that is full is told, and nothing half is left", async () => {
    const store = await openExampleStore(folder);
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    vi.spyOn(fs, "rename").mockRejectedValueOnce(full);
    await expect(store.get("a", 5, async () => bytes(5))).rejects.toBe(full);
    expect(await names()).toEqual([]);
  });

  test("two that ask at once, of one store or of two, both get it whole, and leave nothing beside it", async () => {
    const [one, other] = [await openExampleStore(folder), await openExampleStore(folder)];
    const large = 200_000;
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return bytes(large);
    };
    const stores = [one, one, other, one, other, other];
    const files = await Promise.all(stores.map((store) => store.get("a", large, slowly)));
    expect(new Set(files.map(({ file }) => file))).toEqual(new Set([path.join(folder, "a")]));
    expect(await fs.readFile(files[0].file)).toEqual(Buffer.from(bytes(large)));
    expect(await names()).toEqual(["a"]);
  });
});

describe("trim", () => {
  async function filled(limit: number, ...keys: string[]) {
    const earlier = await openExampleStore(folder);
    for (const key of keys) await earlier.get(key, 10, async () => bytes(10));
    return openExampleStore(folder, limit);
  }

  test("what was not asked for the longest goes first, until all fit", async () => {
    const store = await filled(25, "a", "b", "c", "d");
    for (const [key, minutes] of [
      ["a", 10],
      ["b", 40],
      ["c", 30],
      ["d", 20],
    ] as const) {
      await age(key, minutes);
    }
    await store.trim();
    expect(await names()).toEqual(["a", "d"]);
  });

  test("what this training was asked for stays, however old and large", async () => {
    const store = await filled(5, "a", "b", "c");
    await store.get("b", 10, never);
    await age("b", 90);
    await store.get("d", 10, async () => bytes(10));
    await store.trim();
    expect(await names()).toEqual(["b", "d"]);
  });

  test("to be asked for is to be young again", async () => {
    const store = await filled(20, "a", "b");
    await age("a", 50);
    await age("b", 40);
    await store.get("a", 10, never);
    const next = await openExampleStore(folder, 15);
    await next.trim();
    expect(await names()).toEqual(["a"]);
  });

  test("what fits stays", async () => {
    const store = await filled(40, "a", "b", "c", "d");
    await store.trim();
    expect(await names()).toEqual(["a", "b", "c", "d"]);
  });

  test("halves that a killed training left are removed like anything else", async () => {
    const store = await filled(10, "a");
    await store.get("a", 10, never);
    await fs.writeFile(path.join(folder, "b.4711"), bytes(10));
    await store.trim();
    expect(await names()).toEqual(["a"]);
  });
});

test("without a folder it has one of its own, which goes with it", async () => {
  const store = await openExampleStore(null);
  const { file } = await store.get("a", 5, async () => bytes(5));
  expect(await fs.readFile(file)).toHaveLength(5);
  await store.close();
  await expect(fs.access(path.dirname(file))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a folder of somebody else's stays when it is closed", async () => {
  const store = await openExampleStore(folder);
  await store.get("a", 5, async () => bytes(5));
  await store.close();
  expect(await names()).toEqual(["a"]);
});
