import { stat } from "node:fs/promises";
import type { Blobs } from "@sluice/core";
import type { Source } from "@sluice/core/batch/index";
import { SluiceError } from "@sluice/core/errors";
import type { Io } from "../io";

/**
 * A folder or a zip, read through, with the commit that brings it. Close it after use.
 *
 * @param commit else that of the workflow which runs this, if one does
 * Throws `usage.invalid` for what is no commit, `input.unreadable`, `batch.incomplete`, `batch.zip_unsafe`.
 */
export async function openSource(path: string, commit?: string): Promise<Source> {
  const Batch = await import("@sluice/core/batch/index");
  const given = commit === undefined ? undefined : Batch.Origin.safeParse({ commit }).data;
  if (commit !== undefined && !given)
    throw new SluiceError("usage.invalid", `--commit ${commit} is no commit`, "Give all of its hex digits.");
  const info = await stat(path).catch((cause: Error) => {
    throw new SluiceError("input.unreadable", `${path} is not there`, "Give a folder or a zip.", { cause });
  });
  if (!info.isDirectory() && !/\.zip$/i.test(path)) {
    throw new SluiceError("input.unreadable", `${path} is neither a folder nor a .zip`, "Give one of these.");
  }
  const source = await (info.isDirectory() ? Batch.fromFolder(path) : Batch.fromZip(path));
  const origin = given ?? Batch.originFrom(process.env);
  return origin ? { ...source, origin } : source;
}

/** Uploads it as a batch, and closes it; what is there already is not sent again. */
export async function send(source: Source, world: { blobs: Blobs }, io: Io): Promise<{ batch: string }> {
  const Batch = await import("@sluice/core/batch/index");
  return sending(source, io, (onFile) => Batch.upload(source, world, onFile));
}

/** Closes the source at the end, and says what has come of it. */
export async function sending<T>(
  source: Source,
  io: Io,
  upload: (onFile: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const { batch, entries, refusals } = source;
  try {
    const answer = await upload(counter(io));
    const left = refusals.length > 0 ? `; ${refusals.length} are refused, as its report says` : "";
    io.say(`Uploaded ${entries.length} files as batch ${batch}${left}`);
    return answer;
  } finally {
    source.close();
  }
}

/** Counts up in its place while a person watches. */
function counter(io: Io) {
  return (done: number, total: number) => {
    if (io.isLive) io.draw(`\r\u001b[2K${done < total ? `Uploading ${done}/${total}` : ""}`);
  };
}
