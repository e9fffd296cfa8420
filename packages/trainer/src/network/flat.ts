import { sizeOf } from "../shape";
import { type Architecture, type WeightSpec, type Weights, weight, weightSpecs } from "./weights";

/** The weights that the gradient moves, and those that the batches' statistics move, each in stored order. */
export function fields(architecture: Architecture) {
  const specs = weightSpecs(architecture);
  return {
    parameters: specs.filter((spec) => spec.role !== "statistic"),
    statistics: specs.filter((spec) => spec.role === "statistic"),
  };
}

export const totalSize = (specs: readonly WeightSpec[]) =>
  specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);

/** The named weights one after the other. */
export function flatten(specs: readonly WeightSpec[], weights: Weights): Float32Array {
  const flat = new Float32Array(totalSize(specs));
  let offset = 0;
  for (const { name, shape } of specs) {
    flat.set(weight(weights, name).data, offset);
    offset += sizeOf(shape);
  }
  return flat;
}

/** The reverse; what it returns are copies. */
export function unflatten(specs: readonly WeightSpec[], flat: Float32Array): Weights {
  let offset = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const data = flat.slice(offset, offset + sizeOf(shape));
      offset += data.length;
      return [name, { shape, data }];
    }),
  );
}

/** 1 for every value of a kernel, 0 for the rest: only kernels decay. */
export function decayMask(specs: readonly WeightSpec[]): Float32Array {
  const flat = new Float32Array(totalSize(specs));
  let offset = 0;
  for (const { shape, role } of specs) {
    const size = sizeOf(shape);
    if (role === "kernel") flat.fill(1, offset, offset + size);
    offset += size;
  }
  return flat;
}
