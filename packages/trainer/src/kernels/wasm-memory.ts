import { SluiceError } from "@sluice/core/errors";
import type { Memory } from "@sluice/core/kernels/instantiate";
import { sizeOf, upToFour } from "../shape";
import type { Handle } from "./kernels";

interface Allocator {
  memory: Memory;
  allocate(bytes: number): number;
  release(address: number): number;
}

/** What a kernel may ask for while it works. */
interface Room {
  /** A tensor, whatever is in it. */
  empty(shape: readonly number[]): Handle;
  /** So many float32, until the kernel is done. @returns their address */
  scratch(count: number): number;
}

/** Over this, AssemblyScript's allocator (TLSF) does not look whether a free block is large enough. */
const LARGEST_BYTES = 2 ** 29 - 64;
/** Bytes that kernels may read or write beyond what they were given. */
const SLACK_BYTES = 32;

/** Tensors in a WebAssembly module's memory. */
export function tensorMemory(k: Allocator) {
  function allocate(bytes: number): number {
    try {
      if (bytes < LARGEST_BYTES) return k.allocate(bytes) >>> 0;
    } catch {
      // The allocator traps: there is no more.
    }
    const hint = "Choose smaller batches or pictures, or native TensorFlow: npm run setup.";
    const limit = "more than WebAssembly's memory (4 GiB, 512 MiB for one tensor)";
    throw new SluiceError("training.failed", `A training step needs ${limit}.`, hint);
  }

  return {
    /** The numbers of a tensor, until the next one is made. */
    view: ({ id, shape }: Handle) => new Float32Array(k.memory.buffer, id, sizeOf(shape)),

    free: ({ id }: Handle) => void k.release(id),

    /** What `work` makes; nothing, where it fails half-way. */
    making<Made>(work: (room: Room) => Made): Made {
      const made: number[] = [];
      const borrowed: number[] = [];
      const kept = (address: number, list: number[]) => {
        list.push(address);
        return address;
      };
      try {
        return work({
          // Rounded up to whole fours of pixels: kernels work on four at once.
          empty: (shape) => {
            const channels = shape[shape.length - 1];
            const count = channels * upToFour(sizeOf(shape) / channels);
            return { id: kept(allocate(4 * count + SLACK_BYTES), made), shape };
          },
          scratch: (count) => kept(allocate(4 * count + SLACK_BYTES), borrowed),
        });
      } catch (error) {
        for (const address of made) k.release(address);
        throw error;
      } finally {
        for (const address of borrowed) k.release(address);
      }
    },
  };
}
