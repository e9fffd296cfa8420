import { SluiceError } from "@sluice/core/errors";
import { readJson } from "@sluice/core/json-blob";
import type { Blobs, Forge } from "@sluice/core/ports";
import * as z from "zod";

const Proposal = z.object({ number: z.number(), branch: z.string(), title: z.string(), body: z.string() });
const PULLS = "forge/pulls/";
const REASON = "No GitHub is configured for this stage: the proposal is kept in the bucket";

/**
 * For stages without GitHub: what would be said and proposed is kept in the bucket, under `forge/`, for people to
 * read. Nothing is merged.
 */
export function recordedForge({ blobs }: { blobs: Blobs }): Forge {
  const keyOf = (number: number) => `${PULLS}${number}/pull.json`;

  async function all(): Promise<z.infer<typeof Proposal>[]> {
    const keys = (await blobs.list(PULLS)).filter((key) => key.endsWith("/pull.json"));
    return Promise.all(keys.map((key) => readJson(key, Proposal, { blobs })));
  }

  /** The branch's number: of two that take the same one at once one wins, and the other looks again. */
  async function numberOf(pull: Omit<z.infer<typeof Proposal>, "number">): Promise<number> {
    for (;;) {
      const known = await all();
      const same = known.find(({ branch }) => branch === pull.branch);
      if (same) return same.number;
      const number = Math.max(0, ...known.map((one) => one.number)) + 1;
      const text = `${JSON.stringify({ number, ...pull }, null, 2)}\n`;
      if (await blobs.put(keyOf(number), text, { ifAbsent: true })) return number;
    }
  }

  return {
    async comment({ key, ref, body }) {
      const path = `forge/comments/${encodeURIComponent(key)}.md`;
      await blobs.put(path, (ref === undefined ? "" : `> On ${ref}\n\n`) + body);
      return { url: path };
    },

    async openPullRequest({ branch, title, body, files }) {
      const number = await numberOf({ branch, title, body });
      for (const [path, content] of Object.entries(files)) {
        await blobs.put(`${PULLS}${number}/files/${path}`, content, { ifAbsent: true });
      }
      return { number, url: keyOf(number) };
    },

    async autoMerge({ number }) {
      if (await blobs.has(keyOf(number))) return { merged: false, reason: REASON };
      throw new SluiceError("forge.failed", `There is no pull request ${number}`, "Open it first.");
    },
  };
}
