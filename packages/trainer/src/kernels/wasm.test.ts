import { expect, test } from "vitest";
import { describeKernels } from "../testing/describe-kernels";
import { wasmKernels } from "./wasm";

describeKernels("wasm");

test("what a kernel borrows it gives back: the next tensor lies where the last lay", () => {
  const k = wasmKernels();
  const x = k.tensor(new Float32Array(800), [1, 10, 10, 8]);
  const kernel = k.tensor(new Float32Array(576), [3, 3, 8, 8]);
  const places = [1, 2, 3].map(() => {
    const made = [
      k.convolve(x, kernel),
      k.convolveInputGradient(x, kernel, x),
      k.convolveKernelGradient(x, kernel, x),
    ];
    for (const handle of made) k.free(handle);
    return made.map(({ id }) => id);
  });
  expect(places[1]).toEqual(places[0]);
  expect(places[2]).toEqual(places[0]);
});

test("a tensor beyond WebAssembly's memory is refused with what to do; the others stay as they were", () => {
  const k = wasmKernels();
  const small = k.tensor(Float32Array.of(1, 2, 3), [1, 1, 1, 3]);
  const tooLarge = () => k.tensor(new Float32Array(0), [1, 30_000, 30_000, 3]);
  const untilFull = () => {
    for (let i = 0; i < 9; i++) k.tensor(new Float32Array(0), [1, 11_000, 11_000, 1]);
  };
  for (const ask of [tooLarge, untilFull]) {
    expect(ask).toThrow(
      expect.objectContaining({
        code: "training.failed",
        message: "A training step needs more than WebAssembly's memory (4 GiB, 512 MiB for one tensor).",
        hint: expect.stringContaining("smaller batches"),
      }),
    );
  }
  expect([...k.read(small)]).toEqual([1, 2, 3]);
});

test("a kernel that finds no room leaves nothing behind", () => {
  const k = wasmKernels();
  const x = k.tensor(new Float32Array(0), [1, 8_189, 8_190, 2]); // its padded copy is too large
  const kernel = k.tensor(new Float32Array(50), [5, 5, 2, 1]);
  const picture = [1, 8_189, 8_190, 1];
  // As many results as do not fit into the memory together.
  for (let i = 0; i < 20; i++) expect(() => k.convolve(x, kernel)).toThrow("WebAssembly's memory");
  expect(k.tensor(new Float32Array(0), picture).shape).toBe(picture);
});

test("a kernel that is not square, or has no middle, is refused", () => {
  const k = wasmKernels();
  const x = k.tensor(new Float32Array(9), [1, 3, 3, 1]);
  for (const [height, width] of [
    [1, 3],
    [2, 2],
  ]) {
    const kernel = k.tensor(new Float32Array(height * width), [height, width, 1, 1]);
    expect(() => k.convolve(x, kernel)).toThrow(`there is no ${height}x${width} convolution on wasm`);
  }
});
