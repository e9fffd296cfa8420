import { createHash } from "node:crypto";
import type { Training } from "@sluice/core";
import { seededRandom } from "@sluice/core/random";
import { sizeOf } from "../shape";

/** What decides the network's shape. */
export type Architecture = Pick<Training.Recipe, "patch" | "base" | "levels">;

export interface Weight {
  shape: number[];
  data: Float32Array;
}
/**
 * The network's weights by name, in the order of `layout`.
 *
 * `enc0`..`enc{levels}` (the last is the bottleneck) and `dec{levels-1}`..`dec0` each have
 * `conv1.kernel`, `bn1.gamma|beta|mean|variance`, `conv2.kernel`, `bn2.*`; then `head.kernel`, `head.bias`.
 * Kernels are [height, width, in, out].
 */
export type Weights = Map<string, Weight>;

export const BATCH_NORM_EPSILON = 1e-5;

/** Two 3x3 convolutions, each with batch norm and ReLU. */
export interface Block {
  name: string;
  inputs: number;
  /** Channels after the first convolution. */
  middle: number;
  outputs: number;
}

export interface Layout {
  encoders: Block[];
  /** From the deepest to the full resolution. */
  decoders: Block[];
  head: { inputs: number; outputs: number };
}

/**
 * The U-Net (Ronneberger et al. 2015) of the reference project, with bilinear upsampling: channels double from
 * level to level, except for the bottleneck, whose channels are those of the level above it.
 */
export function layout({ patch, base, levels }: Architecture): Layout {
  const channels = (level: number) => base * 2 ** Math.min(level, levels - 1);
  const encoders = Array.from({ length: levels + 1 }, (_, level) => {
    const inputs = level === 0 ? 3 * patch * patch : channels(level - 1);
    return { name: `enc${level}`, inputs, middle: channels(level), outputs: channels(level) };
  });
  const decoders = Array.from({ length: levels }, (_, i) => {
    const level = levels - 1 - i;
    const outputs = level > 0 ? channels(level) / 2 : channels(0);
    return { name: `dec${level}`, inputs: 2 * channels(level), middle: channels(level), outputs };
  });
  return { encoders, decoders, head: { inputs: channels(0), outputs: patch * patch } };
}

/** `statistic`: moved by the batches, not by the gradient. Only kernels decay. */
export type Role = "kernel" | "offset" | "statistic";
export interface WeightSpec {
  name: string;
  shape: number[];
  role: Role;
  /** What it starts from: a constant, or He normal (He et al. 2015) for `null`. */
  initial: number | null;
}

/**
 * The head's first bias: a window covers a few percent of a photo, and a network that begins by saying so spends no
 * epoch on learning it (Lin et al. 2017, section 4.1).
 */
const BACKGROUND = -3;

/** Every weight of the network, in the order in which they are stored. */
export function weightSpecs(architecture: Architecture): WeightSpec[] {
  const { encoders, decoders, head } = layout(architecture);
  const half = (block: string, n: 1 | 2, inputs: number, outputs: number): WeightSpec[] => [
    { name: `${block}.conv${n}.kernel`, shape: [3, 3, inputs, outputs], role: "kernel", initial: null },
    { name: `${block}.bn${n}.gamma`, shape: [outputs], role: "offset", initial: 1 },
    { name: `${block}.bn${n}.beta`, shape: [outputs], role: "offset", initial: 0 },
    { name: `${block}.bn${n}.mean`, shape: [outputs], role: "statistic", initial: 0 },
    { name: `${block}.bn${n}.variance`, shape: [outputs], role: "statistic", initial: 1 },
  ];
  return [
    ...[...encoders, ...decoders].flatMap(({ name, inputs, middle, outputs }) => [
      ...half(name, 1, inputs, middle),
      ...half(name, 2, middle, outputs),
    ]),
    { name: "head.kernel", shape: [1, 1, head.inputs, head.outputs], role: "kernel", initial: null },
    { name: "head.bias", shape: [head.outputs], role: "offset", initial: BACKGROUND },
  ];
}

/** Fresh weights: the same for the same seed on every machine and backend. */
export function initialWeights(architecture: Architecture, seed: number): Weights {
  const normal = normals(seed);
  return new Map(
    weightSpecs(architecture).map(({ name, shape, initial }) => {
      const data = new Float32Array(sizeOf(shape)).fill(initial ?? 0);
      if (initial === null) {
        const deviation = Math.sqrt(2 / sizeOf(shape.slice(0, 3)));
        for (let i = 0; i < data.length; i++) data[i] = deviation * normal();
      }
      return [name, { shape, data }];
    }),
  );
}

/** Standard normal numbers (Box & Muller 1958). */
function normals(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The weight of that name. Throws a `RangeError` naming it when it is not there. */
export function weight(weights: Weights, name: string): Weight {
  const found = weights.get(name);
  if (found) return found;
  throw new RangeError(`the weights have no ${name}`);
}

/** SHA-256 over names, shapes and values. */
export function weightsDigest(weights: Weights): string {
  const hash = createHash("sha256");
  for (const [name, { shape, data }] of weights) {
    hash.update(`${name} ${shape.join("x")}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** All weights as one run of float32 bytes, in the order in which they are stored. */
export const packWeights = (weights: Weights): Buffer =>
  Buffer.concat(
    [...weights.values()].map(({ data: v }) => new Uint8Array(v.buffer, v.byteOffset, v.byteLength)),
  );

/** What `packWeights` wrote, or null where it is not of that architecture. */
export function unpackWeights(architecture: Architecture, packed: Buffer): Weights | null {
  const specs = weightSpecs(architecture);
  const values = new Float32Array(new Uint8Array(packed).buffer);
  if (values.length !== specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0)) return null;
  let offset = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const data = values.slice(offset, offset + sizeOf(shape));
      offset += data.length;
      return [name, { shape, data }];
    }),
  );
}
