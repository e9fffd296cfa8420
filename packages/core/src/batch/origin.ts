import * as z from "zod";
import { parseJson } from "../json-blob";
import type { Blobs } from "../ports";
import { origin as originKey } from "./keys";

/** Which commit brought a batch: what is said about the batch is said there. */
export const Origin = z.object({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/, "is no commit's id"),
  /** The branch, `data/2026-01-31T09-30-00Z`. */
  ref: z.string().max(250).optional(),
  actor: z
    .string()
    .regex(/^[\w-]{1,100}(\[bot\])?$/, "is no user's name")
    .optional(),
});
export type Origin = z.infer<typeof Origin>;

/** The origin of a batch that has arrived; undefined for one that no commit brought, or that says it in no way known. */
export async function originOf(batch: string, { blobs }: { blobs: Blobs }): Promise<Origin | undefined> {
  const key = originKey(batch);
  if (!(await blobs.has(key))) return undefined;
  return Origin.safeParse(parseJson((await blobs.get(key)).toString())).data;
}

/** What GitHub Actions says of the commit that it works on; undefined elsewhere. */
export function originFrom(env: Record<string, string | undefined>): Origin | undefined {
  if (env.GITHUB_ACTIONS !== "true") return undefined;
  const { GITHUB_SHA: commit, GITHUB_REF_NAME: ref, GITHUB_ACTOR: actor } = env;
  return Origin.safeParse({ commit, ...(ref && { ref }), ...(actor && { actor }) }).data;
}
