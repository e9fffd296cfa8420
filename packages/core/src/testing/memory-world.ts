import { SluiceError } from "../errors";
import type { Blobs, Clock, Documents } from "../ports";

/** A clock that stands still until it is told. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

function memoryBlobs(): Blobs {
  const stored = new Map<string, Buffer>();
  return {
    async get(key) {
      const body = stored.get(key);
      if (!body) throw new SluiceError("blob.missing", `There is no blob ${key}`);
      return Buffer.from(body);
    },
    async put(key, body, { ifAbsent = false } = {}) {
      if (ifAbsent && stored.has(key)) return false;
      stored.set(key, Buffer.from(body as Uint8Array));
      return true;
    },
    has: async (key) => stored.has(key),
    list: async (prefix) => [...stored.keys()].filter((key) => key.startsWith(prefix)).sort(),
    remove: async (key) => void stored.delete(key),
  };
}

function memoryDocuments(): Documents {
  const stored = new Map<string, { version: number; json: string }>();
  return {
    async read(key, schema) {
      const found = stored.get(key);
      return found ? schema.parse(JSON.parse(found.json)) : undefined;
    },
    async update(key, schema, change) {
      for (;;) {
        const seen = stored.get(key);
        const current = seen ? schema.parse(JSON.parse(seen.json)) : undefined;
        await Promise.resolve(); // as another writer might come in between
        const next = change(current);
        if (next === current) return next;
        if (stored.get(key)?.version !== seen?.version) continue;
        const json = JSON.stringify(schema.parse(next));
        stored.set(key, { version: (seen?.version ?? 0) + 1, json });
        return schema.parse(JSON.parse(json));
      }
    },
    list: async (prefix) => [...stored.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
}

/** Blobs, documents and a clock in memory; they pass the same contract suites as the real adapters. */
export const memoryWorld = () => ({
  blobs: memoryBlobs(),
  documents: memoryDocuments(),
  clock: testClock(),
});
