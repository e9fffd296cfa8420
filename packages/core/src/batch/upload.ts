import { mapLimit } from "../map-limit";
import type { Blobs } from "../ports";
import { marker, origin as originKey, prefix, refusals as refusalsKey } from "./keys";
import type { Source } from "./source";

const WRITERS = 4;

/**
 * Puts a batch under `incoming/`: the files first, the marker last, so that nobody sees half a batch. What is
 * there already is not sent again. Of what is refused only the names go along, for the report.
 *
 * @param onFile is told how many files are there
 */
export async function upload(
  source: Source,
  { blobs }: { blobs: Blobs },
  onFile: (done: number, total: number) => void = () => {},
): Promise<{ batch: string }> {
  const { batch, digest, entries, refusals, origin } = source;
  if (await blobs.has(marker(batch))) return { batch };
  let done = 0;
  await mapLimit(entries, WRITERS, async ({ name, bytes }) => {
    const key = prefix(batch) + name;
    if (!(await blobs.has(key))) await blobs.put(key, await bytes(), { ifAbsent: true });
    done += 1;
    onFile(done, entries.length);
  });
  if (refusals.length > 0) await blobs.put(refusalsKey(batch), JSON.stringify(refusals), { ifAbsent: true });
  if (origin) await blobs.put(originKey(batch), JSON.stringify(origin), { ifAbsent: true });
  await blobs.put(marker(batch), `${digest}\n`, { ifAbsent: true });
  return { batch };
}
