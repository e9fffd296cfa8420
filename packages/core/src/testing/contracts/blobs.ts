import { describe, expect, test } from "vitest";
import type { Blobs } from "../../ports";
import type { Make } from "./make";

export function blobsContract(name: string, make: Make<Blobs>): void {
  describe(`${name} keeps the contract of blobs`, () => {
    test("what was put is what is got, byte for byte", async () => {
      const blobs = await make();
      const everyByte = Buffer.from(Array.from({ length: 256 }, (_, i) => i));

      expect(await blobs.put("data/every.bin", everyByte)).toBe(true);
      expect(await blobs.put("data/text.txt", "Zählerstand 0042 ✓")).toBe(true);
      expect(await blobs.put("data/empty", "")).toBe(true);

      expect((await blobs.get("data/every.bin")).equals(everyByte)).toBe(true);
      expect((await blobs.get("data/text.txt")).toString()).toBe("Zählerstand 0042 ✓");
      expect(await blobs.get("data/empty")).toHaveLength(0);
    });

    test("a view on a larger buffer is put without its surroundings", async () => {
      const blobs = await make();
      await blobs.put("view", new Uint8Array(Buffer.from("abcdef")).subarray(2, 4));
      expect((await blobs.get("view")).toString()).toBe("cd");
    });

    test("a big blob comes back whole", async () => {
      const blobs = await make();
      const big = Buffer.alloc(24 * 1024 * 1024, "sluice");
      await blobs.put("big", big);
      expect((await blobs.get("big")).equals(big)).toBe(true);
    });

    test("a change to what was put or got does not reach the blob", async () => {
      const blobs = await make();
      const body = Buffer.from("kept");
      await blobs.put("a", body);
      body.fill(0);
      (await blobs.get("a")).fill(0);
      expect((await blobs.get("a")).toString()).toBe("kept");
    });

    test("a missing blob is named", async () => {
      const blobs = await make();
      const missing = expect.objectContaining({
        code: "blob.missing",
        message: expect.stringContaining("no/where"),
      });
      await expect(blobs.get("no/where")).rejects.toEqual(missing);
      expect(await blobs.has("no/where")).toBe(false);
    });

    test("a part of a key is no key", async () => {
      const blobs = await make();
      await blobs.put("models/1/model.json", "{}");
      expect(await blobs.has("models/1")).toBe(false);
      await expect(blobs.get("models/1")).rejects.toMatchObject({ code: "blob.missing" });
    });

    test("a put replaces; with ifAbsent it leaves what is there", async () => {
      const blobs = await make();
      expect(await blobs.put("a", "first", { ifAbsent: true })).toBe(true);
      expect(await blobs.put("a", "second", { ifAbsent: true })).toBe(false);
      expect((await blobs.get("a")).toString()).toBe("first");

      expect(await blobs.put("a", "third")).toBe(true);
      expect((await blobs.get("a")).toString()).toBe("third");
    });

    test("of 30 puts with ifAbsent at once, one wins, and its body is what is stored", async () => {
      const blobs = await make();
      const bodies = Array.from({ length: 30 }, (_, i) => `writer ${i} `.repeat(1_000));
      const won = await Promise.all(bodies.map((body) => blobs.put("a/b/c", body, { ifAbsent: true })));

      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await blobs.get("a/b/c")).toString()).toBe(bodies[won.indexOf(true)]);
      expect(await blobs.list("")).toEqual(["a/b/c"]);
    });

    test("of many puts at once, the blob is one of them, whole", async () => {
      const blobs = await make();
      const bodies = Array.from({ length: 20 }, (_, i) => String.fromCharCode(97 + i).repeat(100_000 + i));
      await Promise.all(bodies.map((body) => blobs.put("raced", body)));
      expect(bodies).toContain((await blobs.get("raced")).toString());
    });

    test("lists by prefix, which may end within a name, sorted", async () => {
      const blobs = await make();
      for (const key of ["jobs/run-2/b", "jobs/run-10/a", "jobs/run-1/Z", "jobs/run-1/a", "models/1"]) {
        await blobs.put(key, key);
      }
      expect(await blobs.list("jobs/run-1")).toEqual(["jobs/run-1/Z", "jobs/run-1/a", "jobs/run-10/a"]);
      expect(await blobs.list("jobs/run-1/")).toEqual(["jobs/run-1/Z", "jobs/run-1/a"]);
      expect(await blobs.list("jobs/run-1/a")).toEqual(["jobs/run-1/a"]);
      expect(await blobs.list("nothing/")).toEqual([]);
      expect(await blobs.list("")).toHaveLength(5);
    });

    test("a removed blob is gone, and its key free; removing it again is no error", async () => {
      const blobs = await make();
      await blobs.put("a/b", "first");
      await blobs.remove("a/b");
      await blobs.remove("a/b");
      await blobs.remove("never/there");
      expect(await blobs.has("a/b")).toBe(false);
      expect(await blobs.list("")).toEqual([]);
      expect(await blobs.put("a/b", "second", { ifAbsent: true })).toBe(true);
    });

    test("names keep their letters, spaces and signs", async () => {
      const blobs = await make();
      const keys = ["incoming/a b/Zähler (1).jpg", "incoming/a b/%41+&=.png", "incoming/a b/水表.png"];
      for (const key of keys) await blobs.put(key, key);
      expect((await blobs.list("incoming/a b/")).sort()).toEqual([...keys].sort());
      for (const key of keys) expect((await blobs.get(key)).toString()).toBe(key);
    });
  });
}
