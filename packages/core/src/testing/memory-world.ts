import type * as z from "zod";
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

function fitting<S extends z.ZodType>(key: string, schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SluiceError("document.invalid", `Document ${key} does not fit: ${parsed.error.message}`);
}

function memoryDocuments(): Documents {
  const stored = new Map<string, { version: number; json: string }>();
  return {
    async read(key, schema) {
      const found = stored.get(key);
      return found ? fitting(key, schema, JSON.parse(found.json)) : undefined;
    },
    async update(key, schema, change) {
      for (;;) {
        const seen = stored.get(key);
        const current = seen ? fitting(key, schema, JSON.parse(seen.json)) : undefined;
        await Promise.resolve(); // as another writer might come in between
        const next = change(current);
        if (next === current) return next;
        if (stored.get(key)?.version !== seen?.version) continue;
        const json = JSON.stringify(fitting(key, schema, next));
        stored.set(key, { version: (seen?.version ?? 0) + 1, json });
        return fitting(key, schema, JSON.parse(json));
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
