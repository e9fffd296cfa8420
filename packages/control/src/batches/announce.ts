import { randomBytes } from "node:crypto";
import { prefix, zipKey } from "@sluice/core/batch/keys";
import { SluiceError } from "@sluice/core/errors";
import { mapLimit } from "@sluice/core/map-limit";
import type { Control } from "../deps";
import { announced, keep } from "./announced";
import { hasArrived } from "./complete";
import type { AnnounceAnswer, Announcement } from "./schemas";

const SIGNERS = 16;

/**
 * Takes down what is to come, and says for each file how it is sent; what is there already is not sent again.
 *
 * Throws `usage.invalid` for a batch of too many files.
 */
export async function announce(input: Announcement, control: Control): Promise<AnnounceAnswer> {
  const { uploads, world } = control;
  const batch = input.batch ?? newId(world.clock.now());
  if (await hasArrived(batch, world)) return { batch, isComplete: true, files: [], zip: null };
  if (input.zip) {
    const zip = await uploads.presign({ key: zipKey(batch), ...input.zip });
    return { batch, isComplete: false, files: [], zip };
  }
  const { files = [] } = input;
  await checkCount(batch, files, control);
  await keep(batch, files, world);
  const there = await uploads.arrived(prefix(batch));
  const answers = await mapLimit(files, SIGNERS, async ({ name, ...file }) => {
    const key = prefix(batch) + name;
    return { name, upload: there.get(key) === file.bytes ? null : await uploads.presign({ key, ...file }) };
  });
  return { batch, isComplete: false, files: answers, zip: null };
}

const newId = (now: number) =>
  `${new Date(now).toISOString().slice(0, 19).replace(/\D/g, "")}-${randomBytes(3).toString("hex")}`;

async function checkCount(
  batch: string,
  files: readonly { name: string }[],
  { world, limits }: Control,
): Promise<void> {
  const names = new Set([
    ...((await announced(batch, world))?.keys() ?? []),
    ...files.map(({ name }) => name),
  ]);
  if (names.size <= limits.files) return;
  const message = `Batch ${batch} would have ${names.size} files, over ${limits.files}`;
  throw new SluiceError("usage.invalid", message, "Send it as several batches.");
}
