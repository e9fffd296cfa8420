/** @returns the address of so many bytes, a multiple of 16; what was there before is not cleared */
export function allocate(bytes: usize): usize {
  return heap.alloc(bytes);
}

export function release(address: usize): void {
  heap.free(address);
}
