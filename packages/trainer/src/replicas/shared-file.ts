import fs from "node:fs";
import os from "node:os";
import path from "node:path";

/** Arrays that two processes on one machine hand each other; each knows from elsewhere when they are there. */
export interface SharedFile {
  write(arrays: readonly Float32Array[]): void;
  /** @param into arrays of the lengths that were written */
  read(into: readonly Float32Array[]): void;
  close(): void;
}

/** In memory where the system has a folder for it: a few megabytes per step would be much for a pipe. */
export async function makeSharedFile(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await fs.promises.mkdtemp(path.join(memoryFolder(), "sluice-replica-"));
  const file = path.join(folder, "arrays");
  await fs.promises.writeFile(file, "");
  return { file, remove: () => fs.promises.rm(folder, { recursive: true, force: true }) };
}

function memoryFolder(): string {
  const folder = "/dev/shm";
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return folder;
  } catch {
    return os.tmpdir();
  }
}

export function openSharedFile(file: string): SharedFile {
  const handle = fs.openSync(file, "r+");
  return {
    write(arrays) {
      let offset = 0;
      for (const array of arrays) offset += whole(fs.writeSync, handle, bytesOf(array), offset);
    },
    read(into) {
      let offset = 0;
      for (const array of into) offset += whole(fs.readSync, handle, bytesOf(array), offset);
    },
    close: () => fs.closeSync(handle),
  };
}

const bytesOf = (array: Float32Array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A write or a read may stop half-way. @returns the bytes' number */
function whole(
  move: (handle: number, bytes: Uint8Array, from: number, length: number, at: number) => number,
  handle: number,
  bytes: Uint8Array,
  at: number,
): number {
  for (let done = 0; done < bytes.length; ) {
    const moved = move(handle, bytes, done, bytes.length - done, at + done);
    if (moved === 0) throw new Error("the file shared with another process is cut short");
    done += moved;
  }
  return bytes.length;
}
