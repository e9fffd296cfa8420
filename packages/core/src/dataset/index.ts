import { SluiceError } from "../errors";
import { DatasetVersion } from "../ids";
import type { Blobs } from "../ports";
import { hasVersion, readPairs } from "./manifest";
import type { Pair } from "./pair";

export { Answer } from "./answer";
export { commit } from "./commit";
export { bytes, storedKey } from "./files";
export { Commit, Head, head, list, Splits, show } from "./history";
export { Pair, Split, Stored } from "./pair";

/**
 * All pairs of a dataset version, sorted by id.
 *
 * @param version whole: see `Dataset.head` and `Dataset.show`
 * Throws `dataset.not_found`, `dataset.corrupt`.
 */
export async function pairs(version: string, { blobs }: { blobs: Blobs }): Promise<Pair[]> {
  const isVersion = DatasetVersion.safeParse(version).success;
  if (isVersion && (await hasVersion(version, blobs))) return readPairs(version, blobs);
  throw new SluiceError(
    "dataset.not_found",
    `There is no dataset version ${version}`,
    "See: sluice dataset.",
  );
}
