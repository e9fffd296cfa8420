import { randomUUID } from "node:crypto";
import { SluiceError } from "@sluice/core/errors";
import { readJson } from "@sluice/core/json-blob";
import type { Blobs, Commands } from "@sluice/core/ports";
import type * as z from "zod";

export interface HostQuestions {
  commands: Commands;
  blobs: Blobs;
  /** How `sluice-pods` is called on the host. */
  program: string;
  /** Until the answer must be there, and until the command is ended on the host. */
  limitMs: number;
  pauseMs: number;
}

/**
 * Asks `sluice-pods` on the host and waits for what it puts into the bucket, which may be more than Run Command keeps
 * of an output. Each question is a command of its own. Throws `serving.unreachable` where there is no answer.
 */
export async function askHost<S extends z.ZodType>(
  line: string,
  schema: S,
  { commands, blobs, program, limitMs, pauseMs }: HostQuestions,
): Promise<z.output<S>> {
  const id = `pods-${randomUUID()}`;
  const key = `commands/${id}/answer`;
  const until = Date.now() + limitMs;
  await commands.send({
    id,
    line: `${program} ${line} --answer ${key}`,
    timeoutSeconds: Math.ceil(limitMs / 1_000),
  });
  for (;;) {
    // Looked at first: a command that has ended has answered before.
    const status = await commands.status(id);
    if (await blobs.has(key)) return readJson(key, schema, { blobs }, "Deploy the stage again.");
    if (status && status.state !== "running") throw unanswered(line, status.tail ?? `it was ${status.state}`);
    if (Date.now() > until) throw unanswered(line, `nothing came within ${limitMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

const unanswered = (line: string, why: string) =>
  new SluiceError(
    "serving.unreachable",
    `The host did not answer "${line}": ${why}`,
    "See commands/ in the stage's bucket; on the host: kubectl get pods -A.",
  );
