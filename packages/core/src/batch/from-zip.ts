import { SluiceError } from "../errors";
import { isInBatch } from "./names";
import { digested, type Source } from "./source";
import { openZip, ZIP_LIMITS, type ZipFault } from "./zip";

const LAYOUT = "It must hold images/ and masks/.";

/**
 * A zip with `images/` and `masks/` (one folder may lie around them) as a batch; nothing is unpacked to disk.
 * The same files in a folder are the same batch. Close it after use.
 *
 * Throws `batch.zip_unsafe` (traversal, links, bombs), `input.unreadable` (no zip, encrypted, damaged),
 * `batch.incomplete` (no `images/` or `masks/`).
 */
export async function fromZip(file: string, limits = ZIP_LIMITS): Promise<Source> {
  const zip = await openZip(file, file, limits);
  try {
    const [fault] = zip.faults;
    if (fault) throw refusal(file, fault, zip.faults.length - 1);
    const names = zip.names.filter(isInBatch);
    for (const folder of ["images/", "masks/"]) {
      if (names.some((name) => name.startsWith(folder))) continue;
      throw new SluiceError("batch.incomplete", `${file} has no files under ${folder}`, LAYOUT);
    }
    const changed = (name: string) =>
      new SluiceError("input.unreadable", `${file}: ${name} changed while it was read`, "Push again.");
    return await digested({ names, read: zip.read }, changed, zip.close);
  } catch (error) {
    zip.close();
    throw error;
  }
}

function refusal(file: string, fault: ZipFault, others: number) {
  const isUnsafe = ["zip_bomb", "zip_link", "zip_traversal"].includes(fault.code);
  const code = isUnsafe ? "batch.zip_unsafe" : "input.unreadable";
  const where = fault.file ? `${file}: ${fault.file} ${fault.message}` : `${file}: ${fault.message}`;
  const more = others > 0 ? ` (and ${others} more entries are refused)` : "";
  return new SluiceError(code, where + more, fault.hint);
}
