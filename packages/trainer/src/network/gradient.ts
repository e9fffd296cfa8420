import type { Batch } from "../data/batch";
import type { Handle, Kernels } from "../kernels";
import { segmentationLoss } from "../loss";
import { sizeOf } from "../shape";
import { fields } from "./flat";
import type { Lesson, Slope } from "./lesson";
import { type Node, Tape } from "./tape";
import { type Units, unet } from "./unet";
import { BATCH_NORM_EPSILON, layout } from "./weights";

/** A parameter, and where its gradient belongs. */
interface Parameter {
  value: Handle;
  gradient: Float32Array;
}

/** Loss, gradient and batch statistics. @param parameters in stored order */
export function differentiate(
  kernels: Kernels,
  lesson: Lesson,
  parameters: Float32Array,
  { input, inputShape, target }: Batch,
  into: Slope,
): void {
  const tape = new Tape(kernels);
  try {
    const named = parametersOf(tape, kernels, lesson, parameters, into.gradient);
    const photos = tape.own(kernels.tensor(input, inputShape));
    const units = unitsOf(kernels, tape, named, statisticsInto(kernels, into.statistics));
    const logits = unet(layout(lesson), units, { value: photos, slope: null, isGiven: true });

    const values = kernels.read(logits.value);
    const { loss, gradient } = segmentationLoss(values, target, inputShape[0], lesson.loss);
    into.loss = loss;
    tape.give(logits, kernels.tensor(gradient, logits.value.shape));
    tape.goBack();
  } finally {
    tape.close();
  }
}

/** The photos themselves are given: nobody asks for their slope. */
type Input = Node & { isGiven?: boolean };

function unitsOf(
  k: Kernels,
  tape: Tape,
  named: (name: string) => Parameter,
  collect: (mean: Handle, variance: Handle) => void,
): Units<Input> {
  const write = ({ gradient }: Parameter, slope: Handle) => {
    gradient.set(k.read(tape.own(slope)));
    tape.free(slope);
  };
  const passBack = (x: Input, kernel: Parameter, slope: Handle) => {
    write(kernel, k.convolveKernelGradient(slope, kernel.value, x.value));
    if (!x.isGiven) tape.give(x, k.convolveInputGradient(slope, kernel.value, x.value));
  };
  return {
    convolve(block, n, x) {
      const kernel = named(`${block}.conv${n}.kernel`);
      const [gamma, beta] = [named(`${block}.bn${n}.gamma`), named(`${block}.bn${n}.beta`)];
      const convolved = tape.own(k.convolve(x.value, kernel.value));
      const norm = k.batchNormRelu(convolved, gamma.value, beta.value, BATCH_NORM_EPSILON);
      const beside = [norm.mean, norm.variance, ...norm.reserved];
      for (const handle of [norm.y, ...beside]) tape.own(handle);
      collect(norm.mean, norm.variance);
      return tape.node(norm.y, (slope, { value }) => {
        const ofNorm = tape.own(k.reluGradient(slope, value));
        const { dx, dGamma, dBeta } = k.batchNormGradient(
          ...([ofNorm, convolved, gamma.value, norm, BATCH_NORM_EPSILON] as const),
        );
        for (const handle of [dx, dGamma, dBeta]) tape.own(handle);
        tape.free(ofNorm, convolved, ...beside);
        write(gamma, dGamma);
        write(beta, dBeta);
        passBack(x, kernel, dx);
        tape.free(dx);
      });
    },
    pool(x) {
      const { y, workspace } = k.maxPool(x.value);
      for (const handle of workspace) tape.own(handle);
      return tape.node(y, (slope) => {
        tape.give(x, k.maxPoolGradient(slope, x.value, y, workspace));
        tape.free(...workspace);
      });
    },
    upsample: (x) =>
      tape.node(k.upsample(x.value), (slope) => tape.give(x, k.upsampleGradient(slope, x.value))),
    join(skip, below) {
      const joined = tape.node(k.concat(skip.value, below.value), (slope) => {
        const [ofSkip, ofBelow] = k.split(slope).map((half) => tape.own(half));
        tape.give(skip, ofSkip);
        tape.give(below, ofBelow);
      });
      tape.free(below.value); // it was made for this alone
      return joined;
    },
    head(x) {
      const [kernel, bias] = [named("head.kernel"), named("head.bias")];
      const convolved = tape.own(k.convolve(x.value, kernel.value));
      const logits = k.addBias(convolved, bias.value);
      tape.free(convolved);
      return tape.node(logits, (slope) => {
        write(bias, k.biasGradient(slope));
        passBack(x, kernel, slope);
      });
    },
  };
}

function parametersOf(
  tape: Tape,
  kernels: Kernels,
  lesson: Lesson,
  parameters: Float32Array,
  gradient: Float32Array,
): (name: string) => Parameter {
  const found = new Map<string, Parameter>();
  let offset = 0;
  for (const { name, shape } of fields(lesson).parameters) {
    const end = offset + sizeOf(shape);
    const value = tape.own(kernels.tensor(parameters.subarray(offset, end), shape));
    found.set(name, { value, gradient: gradient.subarray(offset, end) });
    offset = end;
  }
  return (name) => {
    const parameter = found.get(name);
    if (parameter) return parameter;
    throw new RangeError(`the network has no ${name}`);
  };
}

/** Mean and variance of one norm after the other, as they are stored. */
function statisticsInto(kernels: Kernels, statistics: Float32Array) {
  let offset = 0;
  return (...ofBatch: Handle[]) => {
    for (const handle of ofBatch) {
      const values = kernels.read(handle);
      statistics.set(values, offset);
      offset += values.length;
    }
  };
}
