import { stat } from "node:fs/promises";
import type { Blobs } from "@sluice/core";
import { SluiceError } from "@sluice/core/errors";
import type { Io } from "../io";

/**
 * Uploads a folder or a zip as a batch; what is there already is not sent again.
 *
 * Throws `input.unreadable`, `batch.incomplete`, `batch.zip_unsafe`.
 */
export async function uploadBatch(path: string, world: { blobs: Blobs }, io: Io): Promise<{ batch: string }> {
  const Batch = await import("@sluice/core/batch/index");
  const info = await stat(path).catch((cause: Error) => {
    throw new SluiceError("input.unreadable", `${path} is not there`, "Give a folder or a zip.", { cause });
  });
  if (!info.isDirectory() && !/\.zip$/i.test(path)) {
    throw new SluiceError("input.unreadable", `${path} is neither a folder nor a .zip`, "Give one of these.");
  }
  const source = info.isDirectory() ? await Batch.fromFolder(path) : await Batch.fromZip(path);
  try {
    const { batch } = await Batch.upload(source, world, counter(io));
    io.say(`Uploaded ${source.entries.length} files of ${path} as batch ${batch}`);
    return { batch };
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
