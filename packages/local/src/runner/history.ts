import { mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";
import { HistoryEvent } from "@sluice/core/run/history-event";

const file = (home: string, runId: string) => path.join(home, "executions", runId, "history.jsonl");

/** Appends and syncs, so that a killed process loses nothing that it has shown. */
export async function append(home: string, event: HistoryEvent): Promise<void> {
  const target = file(home, event.runId);
  await mkdir(path.dirname(target), { recursive: true });
  const handle = await open(target, "a");
  try {
    await handle.appendFile(`${JSON.stringify(event)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The run's events, oldest first; a last line that a killed process left half is passed over. */
export async function read(home: string, runId: string): Promise<HistoryEvent[]> {
  const text = await readFile(file(home, runId), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return text.split("\n").flatMap((line) => {
    const event = HistoryEvent.safeParse(parse(line));
    return event.success ? [event.data] : [];
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
