import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { Documents } from "../../ports";
import type { Make } from "./make";

const Counter = z.object({ count: z.number().int(), by: z.array(z.string()).default([]) });
const Text = z.object({ text: z.string() });

export function documentsContract(name: string, make: Make<Documents>): void {
  describe(`${name} keeps the contract of documents`, () => {
    test("a document is made, read and changed", async () => {
      const documents = await make();
      expect(await documents.read("runs/a", Counter)).toBeUndefined();

      const seen: unknown[] = [];
      const add = (current: z.infer<typeof Counter> | undefined) => {
        seen.push(current);
        return { count: (current?.count ?? 0) + 1, by: ["me"] };
      };
      expect(await documents.update("runs/a", Counter, add)).toEqual({ count: 1, by: ["me"] });
      expect(await documents.update("runs/a", Counter, add)).toEqual({ count: 2, by: ["me"] });

      expect(seen).toEqual([undefined, { count: 1, by: ["me"] }]);
      expect(await documents.read("runs/a", Counter)).toEqual({ count: 2, by: ["me"] });
    });

    test("what the schema fills in is stored and given back", async () => {
      const documents = await make();
      const Loose = z.object({ count: z.number() });
      await documents.update("old", Loose, () => ({ count: 1 }));
      expect(await documents.read("old", Counter)).toEqual({ count: 1, by: [] });
    });

    test("40 changes at once lose nothing", async () => {
      const documents = await make();
      const names = Array.from({ length: 40 }, (_, i) => `writer-${i}`);
      const add = (by: string) =>
        documents.update("counter", Counter, (current = { count: 0, by: [] }) => ({
          count: current.count + 1,
          by: [...current.by, by],
        }));
      await Promise.all(names.map(add));

      const counter = await documents.read("counter", Counter);
      expect(counter?.count).toBe(40);
      expect([...(counter?.by ?? [])].sort()).toEqual([...names].sort());
    });

    test("many makers at once: one makes it, the others see it", async () => {
      const documents = await make();
      const takers = Array.from({ length: 20 }, (_, i) => ({ text: `taker ${i}` }));
      const answers = await Promise.all(
        takers.map((mine) => documents.update("lease", Text, (current) => current ?? mine)),
      );
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    });

    test("returning the value it was given writes nothing", async () => {
      const documents = await make();
      await documents.update("a", Text, () => ({ text: "kept" }));
      let calls = 0;
      const same = await documents.update("a", Text, (current) => {
        calls += 1;
        return current ?? { text: "new" };
      });
      expect(same).toEqual({ text: "kept" });
      expect(calls).toBe(1);
    });

    test("throwing writes nothing, and the caller gets the error itself", async () => {
      const documents = await make();
      const fault = new Error("not now");
      const refuse = () => {
        throw fault;
      };
      await expect(documents.update("a", Text, refuse)).rejects.toBe(fault);
      expect(await documents.list("")).toEqual([]);

      await documents.update("a", Text, () => ({ text: "kept" }));
      await expect(documents.update("a", Text, refuse)).rejects.toBe(fault);
      expect(await documents.read("a", Text)).toEqual({ text: "kept" });
      expect(await documents.update("a", Text, () => ({ text: "again" }))).toEqual({ text: "again" });
    });

    test("what does not fit the schema is neither read nor written", async () => {
      const documents = await make();
      await documents.update("a", Text, () => ({ text: "kept" }));
      const invalid = { code: "document.invalid" };
      await expect(documents.read("a", Counter)).rejects.toMatchObject(invalid);
      await expect(documents.update("a", Counter, () => ({ count: 1, by: [] }))).rejects.toMatchObject(
        invalid,
      );
      await expect(documents.update("b", Counter, () => ({ count: 0.5, by: [] }))).rejects.toMatchObject(
        invalid,
      );
      expect(await documents.read("a", Text)).toEqual({ text: "kept" });
      expect(await documents.list("")).toEqual(["a"]);
    });

    test("a change to what was read does not reach the document", async () => {
      const documents = await make();
      const value = { count: 1, by: ["me"] };
      (await documents.update("a", Counter, () => value)).by.push("you");
      (await documents.read("a", Counter))?.by.push("they");
      value.by.push("she");
      expect(await documents.read("a", Counter)).toEqual({ count: 1, by: ["me"] });
    });

    test("keys may lie below one another", async () => {
      const documents = await make();
      await documents.update("runs/a", Text, () => ({ text: "run" }));
      await documents.update("runs/a/approval", Text, () => ({ text: "approval" }));
      expect(await documents.read("runs/a", Text)).toEqual({ text: "run" });
      expect(await documents.list("runs/a")).toEqual(["runs/a", "runs/a/approval"]);
    });

    test("lists keys by prefix, which may end within a name, sorted", async () => {
      const documents = await make();
      for (const key of ["runs/b-1", "runs/a-10", "runs/a-1", "registry/models"]) {
        await documents.update(key, Text, () => ({ text: "first" }));
        await documents.update(key, Text, () => ({ text: "second" }));
      }
      expect(await documents.list("runs/")).toEqual(["runs/a-1", "runs/a-10", "runs/b-1"]);
      expect(await documents.list("runs/a-1")).toEqual(["runs/a-1", "runs/a-10"]);
      expect(await documents.list("r")).toEqual(["registry/models", "runs/a-1", "runs/a-10", "runs/b-1"]);
      expect(await documents.list("nothing")).toEqual([]);
    });
  });
}
