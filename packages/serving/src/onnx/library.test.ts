import { Imported } from "@sluice/core";
import { expect, onTestFinished, test } from "vitest";
import { libraryOf } from "../testing/library";
import type { ModelLibrary } from "./library";
import { createShelf } from "./shelf";
import { linear } from "./toy";

const one = (library: ModelLibrary, name: string, version?: number) =>
  library.use(name, version, async ({ model }) => {
    const X = { name: "X", datatype: "FP32" as const, shape: [1, 3], values: Float32Array.of(0, 0, 0) };
    const [y] = await model.run([X], ["y"]);
    return Number(y?.values[0]);
  });

test("the latest version answers, an older one by its number; a new one is found without a restart", async () => {
  const { library, add, world } = await libraryOf({ wine: linear({ bias: 1 }) });
  onTestFinished(() => library.close());
  expect(await one(library, "wine")).toBe(1);
  await add("wine", linear({ bias: 2 }), true);
  world.clock.advance(2_001);
  expect(await one(library, "wine")).toBe(2);
  expect(await one(library, "wine", 1)).toBe(1);
  await expect(one(library, "wine", 3)).rejects.toMatchObject({
    code: "model.not_found",
    hint: "What there is: 1, 2.",
  });
  await expect(one(library, "beer")).rejects.toMatchObject({ code: "model.not_found" });
});

test("a file that is not the one that was imported does not serve", async () => {
  const { library, world } = await libraryOf({ wine: linear() });
  onTestFinished(() => library.close());
  const { digest } = Imported.latest(await library.find("wine"));
  await world.blobs.put(Imported.blobKey(digest), linear({ bias: 9 }));
  await expect(one(library, "wine")).rejects.toMatchObject({ code: "model.corrupt" });
  await world.blobs.put(Imported.blobKey(digest), linear());
  expect(await one(library, "wine")).toBe(1);
});

test("one model more than may be loaded: all answer, in turn", async () => {
  const { library } = await libraryOf(
    { a: linear({ bias: 1 }), b: linear({ bias: 2 }), c: linear({ bias: 3 }) },
    { most: 2 },
  );
  onTestFinished(() => library.close());
  const names = ["a", "b", "c", "a", "c", "b"];
  expect(await Promise.all(names.map((name) => one(library, name)))).toEqual([1, 2, 3, 1, 3, 2]);
});

function shelfOf(bounds: { most: number; mostBytes: number }) {
  const closed: string[] = [];
  let opened = 0;
  const shelf = createShelf<string>({ ...bounds, close: async (thing) => void closed.push(thing) });
  const use = <R>(key: string, work: (thing: string) => Promise<R>, bytes = 1) =>
    shelf.use({ key, bytes, load: async () => `${key}${++opened}` }, work);
  return { shelf, closed, use };
}

test("what was not used longest goes first, by number or by bytes", async () => {
  const { closed, use } = shelfOf({ most: 2, mostBytes: 10 });
  for (const key of ["a", "b", "a", "c"]) await use(key, async () => {});
  expect(closed).toEqual(["b2"]);
  await use("d", async () => {}, 10);
  expect(closed).toEqual(["b2", "a1", "c3"]);
});

test("what is in use stays; two who want the same wait for one opening", async () => {
  const { shelf, closed, use } = shelfOf({ most: 1, mostBytes: 10 });
  let done = () => {};
  const working = use(
    "a",
    () =>
      new Promise<void>((resolve) => {
        done = resolve;
      }),
  );
  expect(await Promise.all([use("b", async (b) => b), use("b", async (b) => b)])).toEqual(["b2", "b2"]);
  expect(closed).toEqual(["b2"]);
  done();
  await working;
  expect(shelf.keys()).toEqual(["a"]);
  await shelf.close();
  expect(closed).toEqual(["b2", "a1"]);
});

test("what could not be opened is tried again", async () => {
  const shelf = createShelf<string>({ most: 1, mostBytes: 1, close: async () => {} });
  const broken = { key: "a", bytes: 1, load: () => Promise.reject(new Error("not today")) };
  await expect(shelf.use(broken, async () => {})).rejects.toThrow("not today");
  expect(await shelf.use({ ...broken, load: async () => "a" }, async (a) => a)).toBe("a");
});
