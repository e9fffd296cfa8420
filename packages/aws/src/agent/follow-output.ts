import { readFileSync, statSync } from "node:fs";
import { open } from "node:fs/promises";

const FIRST_LOOK_MS = 200;
const TAIL_BYTES = 16_384;
/** Of a log that is larger, the end is kept. */
const MOST_BYTES = 64 * 1024 * 1024;

export interface FollowedOutput {
  /** Tells the last of it. */
  stop(): Promise<void>;
  all(): Buffer;
}

/** Tells the end of a growing file whenever it has grown. A teller that fails is asked again with the next look. */
export function followOutput(
  file: string,
  everyMs: number,
  tell: (tail: string) => Promise<unknown>,
): FollowedOutput {
  let told = 0;
  let last: Promise<void> = Promise.resolve();
  const look = async () => {
    const { size } = statSync(file);
    if (size === told) return;
    try {
      await tell(await tailOf(file, size));
      told = size;
    } catch (error) {
      console.error(`sluice-agent: the output is not told: ${(error as Error).message}`);
    }
  };
  const next = (): Promise<void> => {
    last = last.then(look);
    return last;
  };
  const first = setTimeout(next, FIRST_LOOK_MS);
  const timer = setInterval(next, everyMs);
  return {
    async stop() {
      clearTimeout(first);
      clearInterval(timer);
      await next();
    },
    all: () => readFileSync(file).subarray(-MOST_BYTES),
  };
}

async function tailOf(file: string, size: number): Promise<string> {
  const handle = await open(file);
  try {
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
