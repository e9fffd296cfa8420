import type { Tensor } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import { sizeOf } from "../shape";
import type { WeightSpec } from "./weights";

/** Tensors by weight name. */
export type Named = (name: string) => Tensor;

/** A vector's parts as the weights they are. */
export function tensorsOf(tf: Tf, vector: Float32Array, specs: readonly WeightSpec[]): Tensor[] {
  let offset = 0;
  return specs.map(({ shape }) => {
    const size = sizeOf(shape);
    const tensor = tf.tensor(vector.subarray(offset, offset + size), shape);
    offset += size;
    return tensor;
  });
}

export function byName(specs: readonly WeightSpec[], tensors: readonly Tensor[]): Named {
  const found = new Map(specs.map((spec, i) => [spec.name, tensors[i]]));
  return (name) => {
    const tensor = found.get(name);
    if (tensor) return tensor;
    throw new RangeError(`the network has no ${name}`);
  };
}
