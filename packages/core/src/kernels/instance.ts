import { BINARY } from "./binary";
import { atLeast, instantiate } from "./instantiate";

/** So many bytes are read or worked on at once. */
export const VECTOR = 16;

const open = () =>
  instantiate<"sample" | "stretch" | "takeView" | "addView" | "largestArea" | "sumOf">(BINARY);
let opened: ReturnType<typeof open> | undefined;

/** Those of `packages/core/assembly`. Nobody asks them across an `await`, so whoever does has the memory to himself. */
export function kernels(): ReturnType<typeof open> {
  opened ??= open();
  return opened;
}

/**
 * Room for arrays of so many bytes each, and for a vector after each of them.
 *
 * @returns all the memory there is, until the next call; and where each array begins
 */
export function roomFor(...bytes: number[]): { memory: Uint8Array<ArrayBuffer>; at: number[] } {
  const { memory } = kernels();
  let end = VECTOR;
  const at = bytes.map((length) => {
    const start = end;
    end += VECTOR * (Math.ceil(length / VECTOR) + 1);
    return start;
  });
  atLeast(memory, end);
  return { memory: new Uint8Array(memory.buffer), at };
}

/** An array's bytes. */
export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
