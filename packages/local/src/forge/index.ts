import { pathToFileURL } from "node:url";
import type { Clock, Forge } from "@sluice/core";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import * as z from "zod";
import { fileBlobs } from "../blobs";
import { systemClock } from "../clock";
import { inTurn } from "../documents/in-turn";
import { keyPath } from "../files/key";
import { openRepository, type Repository } from "./repository";

const Pull = z.object({
  number: z.number().int().positive(),
  branch: z.string(),
  title: z.string(),
  body: z.string(),
  head: z.string(),
  state: z.enum(["open", "merged"]),
  mergeCommit: z.string().nullable(),
  /** Why it was not merged when last tried. */
  notMergedBecause: z.string().nullable(),
});
type Pull = z.infer<typeof Pull>;

/**
 * A forge in a folder: `forge.git` (a bare repository that git can clone), `pulls/<number>.json` and
 * `comments/<key>.md`. A pull request is merged when its branch merges cleanly into main.
 *
 * Every call throws `forge.failed` when the repository cannot be used.
 */
export function gitForge(dir: string, { clock = systemClock }: { clock?: Clock } = {}): Forge {
  const files = fileBlobs(dir);
  const turns = inTurn();
  const inRepository = <T>(work: (repository: Repository) => Promise<T>): Promise<T> =>
    turns("repository", async () => {
      try {
        return await work(await openRepository(dir, clock));
      } catch (cause) {
        throw isSluiceError(cause) ? cause : failed(cause);
      }
    });

  const pullKey = (number: number) => `pulls/${number}.json`;
  const addressOf = (key: string) => pathToFileURL(keyPath(dir, key)).href;
  const write = (pull: Pull, options?: { ifAbsent: boolean }) =>
    files.put(pullKey(pull.number), `${JSON.stringify(pull, null, 2)}\n`, options);

  async function pulls(): Promise<Pull[]> {
    const keys = await files.list("pulls/");
    return Promise.all(keys.map(async (key) => Pull.parse(JSON.parse((await files.get(key)).toString()))));
  }

  return {
    async comment({ key, ref, body }) {
      const path = `comments/${key}.md`;
      const on = ref === undefined ? "" : `> On ${ref}\n\n`;
      await files.put(path, on + body); // said anew, it is what was said last
      return { url: addressOf(path) };
    },

    openPullRequest: ({ branch, title, body, files: changed }) =>
      inRepository(async (repository) => {
        assertBranch(branch);
        for (const path of Object.keys(changed)) keyPath(dir, path);
        const known = await pulls();
        const same = known.find((pull) => pull.branch === branch);
        if (same) return { number: same.number, url: addressOf(pullKey(same.number)) };

        // The branch may be there already: whoever made it died before writing the pull request down.
        const head =
          (await repository.head(branch)) ??
          (await repository.commit(branch, `${title}\n\n${body}`, changed));
        const number = Math.max(0, ...known.map((pull) => pull.number)) + 1;
        const isNew = await write(
          { number, branch, title, body, head, state: "open", mergeCommit: null, notMergedBecause: null },
          { ifAbsent: true },
        );
        if (!isNew) throw failed(new Error(`${pullKey(number)} was written by another process meanwhile`));
        return { number, url: addressOf(pullKey(number)) };
      }),

    autoMerge: ({ number }) =>
      inRepository(async (repository) => {
        const pull = (await pulls()).find((p) => p.number === number);
        if (!pull) throw failed(new Error(`there is no pull request ${number}`));
        if (pull.mergeCommit !== null) return { merged: true, commit: pull.mergeCommit };

        const message = `Merge pull request ${number} from ${pull.branch}\n\n${pull.title}\n`;
        const commit =
          (await repository.mergeOf(pull.head)) ?? (await repository.merge(pull.branch, message));
        if (commit === undefined) {
          const reason = `${pull.branch} conflicts with main`;
          await write({ ...pull, notMergedBecause: reason });
          return { merged: false, reason };
        }
        await write({ ...pull, state: "merged", mergeCommit: commit, notMergedBecause: null });
        return { merged: true, commit };
      }),
  };
}

function assertBranch(branch: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$/.test(branch) && branch !== "main") return;
  throw new SluiceError(
    "usage.invalid",
    `${JSON.stringify(branch)} is no branch to propose`,
    "Use plain names.",
  );
}

const failed = (cause: unknown) =>
  new SluiceError(
    "forge.failed",
    `The forge could not do it: ${cause instanceof Error ? cause.message : cause}`,
    "Look at forge/ in the home folder; the step can be asked again.",
    { cause },
  );
