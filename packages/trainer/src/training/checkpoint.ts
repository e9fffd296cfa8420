import type { Blobs } from "@sluice/core";
import { parseJson } from "@sluice/core/json-blob";
import { EpochRecord } from "@sluice/core/training/index";
import * as z from "zod";
import type { Course } from "./course";
import { SNAPSHOT_PARTS } from "./learner";

/** Written after the file it names: what it points to is whole. */
const Pointer = z.object({
  /** Of job and format: a checkpoint of another training is not gone on from. */
  job: z.string(),
  file: z.string(),
  planned: z.number().int().positive(),
  step: z.number().int().nonnegative(),
  records: z.array(EpochRecord),
  best: z.object({ epoch: z.number().int().positive(), dice: z.number() }).nullable(),
  /** Lengths of the file's float32 vectors: the snapshot's four, then the best epoch's two. */
  lengths: z.array(z.number().int().positive()),
});

export interface Checkpoints {
  load(): Promise<Course | null>;
  save(course: Course): Promise<void>;
}

/**
 * A training's courses under a prefix: one file per epoch and `latest.json`, which names the newest. A kill at any
 * moment leaves the previous or the next one, never half of one.
 *
 * @param job names the training; a checkpoint with another name is left alone and overwritten
 */
export function checkpoints(prefix: string, job: string, { blobs }: { blobs: Blobs }): Checkpoints {
  const pointerKey = `${prefix}latest.json`;

  return {
    async load() {
      if (!(await blobs.has(pointerKey))) return null;
      const pointer = Pointer.safeParse(parseJson((await blobs.get(pointerKey)).toString("utf8")));
      if (!pointer.success || pointer.data.job !== job) return null;
      const { planned, records, best, lengths, step } = pointer.data;
      const vectors = unpack(await blobs.get(prefix + pointer.data.file), lengths);
      const [parameters, firstMoments, secondMoments, statistics, bestParameters, bestStatistics] = vectors;
      const now = { parameters, firstMoments, secondMoments, statistics, step };
      const bestThen = best && { ...best, parameters: bestParameters, statistics: bestStatistics };
      return { planned, records, now, best: bestThen };
    },

    async save({ planned, records, now, best }) {
      const file = `epoch-${String(records.length).padStart(4, "0")}.bin`;
      const vectors = SNAPSHOT_PARTS.map((part) => now[part]);
      if (best) vectors.push(best.parameters, best.statistics);
      const pointer: z.input<typeof Pointer> = {
        job,
        file,
        planned,
        step: now.step,
        records,
        best: best && { epoch: best.epoch, dice: best.dice },
        lengths: vectors.map((v) => v.length),
      };
      await blobs.put(prefix + file, pack(vectors));
      await blobs.put(pointerKey, JSON.stringify(pointer));
      for (const key of await blobs.list(prefix)) {
        if (key !== prefix + file && key !== pointerKey) await blobs.remove(key);
      }
    },
  };
}

const asBytes = (v: Float32Array) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
const pack = (vectors: Float32Array[]) => Buffer.concat(vectors.map(asBytes));

function unpack(bytes: Buffer, lengths: number[]): Float32Array[] {
  let offset = 0;
  return lengths.map((length) => {
    const vector = new Float32Array(length);
    asBytes(vector).set(bytes.subarray(offset, offset + vector.byteLength));
    offset += vector.byteLength;
    return vector;
  });
}
