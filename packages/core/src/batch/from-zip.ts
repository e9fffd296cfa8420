import { SluiceError } from "../errors";
import { isInBatch } from "./names";
import { digested, type Source } from "./source";
import { openZip, ZIP_LIMITS } from "./zip";

const LAYOUT = "It must hold images/ and masks/.";

/**
 * A zip with `images/` and `masks/` (one folder may lie around them) as a batch; nothing is unpacked to disk.
 * The same files in a folder are the same batch. Entries that are unsafe, encrypted or damaged are refused one
 * by one. Close it after use.
 *
 * Throws `batch.zip_unsafe` (the zip as a whole is a bomb), `input.unreadable` (no zip), `batch.incomplete` (no
 * `images/` or `masks/`).
 */
export async function fromZip(file: string, limits = ZIP_LIMITS): Promise<Source> {
  const zip = await openZip(file, file, limits);
  try {
    const whole = zip.faults.find((fault) => fault.file === "");
    if (whole) throw new SluiceError("batch.zip_unsafe", `${file}: ${whole.message}`, whole.hint);
    const names = zip.names.filter(isInBatch);
    for (const folder of ["images/", "masks/"]) {
      if (zip.faults.length > 0 || names.some((name) => name.startsWith(folder))) continue;
      throw new SluiceError("batch.incomplete", `${file} has no files under ${folder}`, LAYOUT);
    }
    const files = { names, read: zip.read };
    return await digested(files, { refused: zip.faults, unreadable: "zip_damaged", close: zip.close });
  } catch (error) {
    zip.close();
    throw error;
  }
}
