import type { Tensor, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import type { Units } from "./unet";
import { sizeOf, type WeightSpec } from "./weights";

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

/** What training and inference by tfjs have in common. */
export const tensorUnits = (tf: Tf, named: Named): Pick<Units<Tensor4D>, "pool" | "join" | "head"> => ({
  pool: (x) => tf.maxPool(x, 2, 2, "valid"),
  join: (skip, below) => tf.concat([skip, below], 3),
  head: (x) => tf.conv2d(x, named("head.kernel") as Tensor4D, 1, "same").add(named("head.bias")),
});
