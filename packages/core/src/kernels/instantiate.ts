/** Node has it, and its types for this version have not. */
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

/** A kernel: numbers are sizes, factors, and addresses in the memory. What it returns is a number, or nothing. */
export type Kernel = (...numbers: number[]) => number;

export interface Memory {
  buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A WebAssembly module's exports: its kernels, and a memory of its own. @param binary in base64 */
export function instantiate<Names extends string>(
  binary: string,
): Record<Names, Kernel> & { memory: Memory } {
  const compiled = new WebAssembly.Module(Buffer.from(binary, "base64"));
  return new WebAssembly.Instance(compiled).exports as Record<Names, Kernel> & { memory: Memory };
}

/** Makes the memory so large, if it is not. */
export function atLeast(memory: Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

const PAGE = 65_536;
