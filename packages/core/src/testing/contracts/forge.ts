import { describe, expect, test } from "vitest";
import type { Forge } from "../../ports";
import type { Make } from "./make";

export function forgeContract(name: string, make: Make<Forge>): void {
  const proposal = (model: number, text = `{"model": ${model}}\n`) => ({
    branch: `sluice/model-${model}`,
    title: `Model ${model}`,
    body: "Better by all four rules.",
    files: { "models/champion.json": text },
  });

  describe(`${name} keeps the contract of the forge`, () => {
    test("a comment is made once per key", async () => {
      const forge = await make();
      const first = await forge.comment({ key: "rejection-run-1", body: "Two faults." });
      const again = await forge.comment({ key: "rejection-run-1", body: "Two faults." });
      const other = await forge.comment({ key: "rejection-run-2", body: "One fault." });
      expect(again).toEqual(first);
      expect(other.url).not.toBe(first.url);
    });

    test("a pull request is opened once per branch", async () => {
      const forge = await make();
      const first = await forge.openPullRequest(proposal(1));
      const again = await forge.openPullRequest({ ...proposal(1), title: "Said again" });
      const other = await forge.openPullRequest(proposal(2));
      expect(again).toEqual(first);
      expect(other.number).not.toBe(first.number);
    });

    test("asked many times at once, there is one pull request", async () => {
      const forge = await make();
      const answers = await Promise.all(Array.from({ length: 6 }, () => forge.openPullRequest(proposal(1))));
      expect(new Set(answers.map(({ number }) => number)).size).toBe(1);
    });

    test("it is merged once, and says so again", async () => {
      const forge = await make();
      const { number } = await forge.openPullRequest(proposal(1));
      const first = await forge.autoMerge({ number });
      expect(first).toEqual({ merged: true, commit: expect.stringMatching(/^[0-9a-f]{40,64}$/) });
      expect(await forge.autoMerge({ number })).toEqual(first);
      expect(await forge.openPullRequest(proposal(1))).toMatchObject({ number });
    });

    test("a pull request may carry pictures, and says nothing twice when asked with them again", async () => {
      const forge = await make();
      const everyByte = new Uint8Array(Array.from({ length: 256 }, (_, i) => i));
      const files = { ...proposal(1).files, "models/1/curves.png": everyByte };
      const first = await forge.openPullRequest({ ...proposal(1), files });
      expect(await forge.openPullRequest({ ...proposal(1), files })).toEqual(first);
      expect(await forge.autoMerge({ number: first.number })).toMatchObject({ merged: true });
    });

    test("one after the other, each changes the same file", async () => {
      const forge = await make();
      for (const model of [1, 2, 3]) {
        const { number } = await forge.openPullRequest(proposal(model));
        expect(await forge.autoMerge({ number })).toMatchObject({ merged: true });
      }
    });

    test("one that conflicts with what was merged meanwhile is not merged", async () => {
      const forge = await make();
      const first = await forge.openPullRequest(proposal(1));
      const second = await forge.openPullRequest(proposal(2));
      expect(await forge.autoMerge({ number: first.number })).toMatchObject({ merged: true });
      const answer = await forge.autoMerge({ number: second.number });
      expect(answer).toEqual({ merged: false, reason: expect.stringMatching(/conflict/) });
    });

    test("there is no merging of what was never opened", async () => {
      const forge = await make();
      await expect(forge.autoMerge({ number: 99 })).rejects.toMatchObject({ code: "forge.failed" });
    });
  });
}
