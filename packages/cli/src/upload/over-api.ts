import type { MaskPolicy } from "@sluice/core";
import type { Source, SourceEntry } from "@sluice/core/batch/index";
import { SluiceError } from "@sluice/core/errors";
import { mapLimit } from "@sluice/core/map-limit";
import type { Upload } from "@sluice/core/ports";
import type { ControlClient } from "../dev/client";
import { type BatchRun, runThatBegins } from "./begun";

const AT_ONCE = 200;
const SENDERS = 4;

/**
 * Brings a batch to a control API: announced, sent as it says, completed; what is there already is not sent again.
 *
 * @param onFile is told how many files are there
 * @returns the run that it has started
 */
export async function pushOverApi(
  { batch, entries, refusals, origin }: Source,
  client: ControlClient,
  { masks, onFile }: { masks?: MaskPolicy; onFile: (done: number, total: number) => void },
): Promise<{ runId: string }> {
  const runs = async (): Promise<BatchRun[]> => (await client.batch(batch))?.runs ?? [];
  const before = await runs();
  let done = 0;
  for (let first = 0; first === 0 || first < entries.length; first += AT_ONCE) {
    const part = entries.slice(first, first + AT_ONCE);
    const sizes = await mapLimit(part, SENDERS, async (entry) => (await entry.bytes()).length);
    const files = part.map(({ name }, i) => ({ name, bytes: sizes[i] ?? 0 }));
    const asked = await client.announce(batch, files);
    if (asked.isComplete) return client.start(batch, masks);
    const uploads = new Map(asked.files.map(({ name, upload }) => [name, upload]));
    await mapLimit(part, SENDERS, async (entry) => {
      const upload = uploads.get(entry.name);
      if (upload) await sendFile(entry, upload, client.url);
      done += 1;
      onFile(done, entries.length);
    });
  }
  await client.complete(batch, { ...(masks && { masks }), refusals, ...(origin && { origin }) });
  return runThatBegins(batch, before, runs);
}

/** Throws `serving.unreachable`. */
async function sendFile(entry: SourceEntry, upload: Upload, api: string): Promise<void> {
  const { method, url, fields, headers = {} } = upload;
  const bytes = new Uint8Array(await entry.bytes());
  const again = "Push again: what is there already is not sent twice.";
  const body = method === "PUT" ? bytes : formOf(fields, bytes);
  const response = await fetch(new URL(url, api), { method, headers, body }).catch((cause: Error) => {
    throw new SluiceError("serving.unreachable", `${entry.name} could not be sent: ${cause.message}`, again, {
      cause,
    });
  });
  const text = await response.text();
  if (response.ok) return;
  const why = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text.slice(0, 200);
  const message = `${entry.name} was refused: ${response.status} ${why}`;
  throw new SluiceError("serving.unreachable", message, again);
}

function formOf(fields: Record<string, string> = {}, bytes: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([bytes]));
  return form;
}
