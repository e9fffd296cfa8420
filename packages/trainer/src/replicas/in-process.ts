import type { Tensor, Tensor1D } from "@tensorflow/tfjs";
import type { Tf } from "../backend";
import { fields } from "../network/flat";
import { forwardFolded } from "../network/inference";
import { segmentationLoss } from "../network/loss";
import { forwardTraining, type Named } from "../network/training-forward";
import { layout, sizeOf, type WeightSpec } from "../network/weights";
import type { Replica } from "./replica";

/** This process as a replica. */
export function inProcess(tf: Tf): Replica {
  return {
    async differentiate(lesson, { parameters }, { input, inputShape, target, targetShape }, into) {
      const specs = fields(lesson);
      const loss = tf.tidy(() => {
        const x = tf.tensor4d(input, inputShape);
        const truth = tf.tensor4d(target, targetShape);
        const ofBatch: Tensor1D[] = [];
        const collect = (mean: Tensor1D, variance: Tensor1D) => ofBatch.push(mean, variance);
        const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
          const logits = forwardTraining(tf, layout(lesson), byName(specs.parameters, tensors), x, collect);
          return segmentationLoss(tf, logits, truth, lesson.loss);
        })(tensorsOf(tf, parameters, specs.parameters));
        copyInto(into.gradient, grads);
        copyInto(into.statistics, ofBatch);
        tf.dispose(ofBatch);
        return value;
      });
      [into.loss] = loss.dataSync();
      loss.dispose();
    },

    async predict(network, { parameters, statistics }, { input, inputShape }) {
      const specs = fields(network);
      const all = [...specs.parameters, ...specs.statistics];
      const logits = tf.tidy(() => {
        const tensors = [
          ...tensorsOf(tf, parameters, specs.parameters),
          ...tensorsOf(tf, statistics, specs.statistics),
        ];
        return forwardFolded(tf, layout(network), byName(all, tensors), tf.tensor4d(input, inputShape));
      });
      const values = logits.dataSync<"float32">().slice();
      logits.dispose();
      return values;
    },

    close: () => {},
  };
}

/** A vector's parts as the weights they are. */
function tensorsOf(tf: Tf, vector: Float32Array, specs: readonly WeightSpec[]): Tensor[] {
  let offset = 0;
  return specs.map(({ shape }) => {
    const size = sizeOf(shape);
    const tensor = tf.tensor(vector.subarray(offset, offset + size), shape);
    offset += size;
    return tensor;
  });
}

function copyInto(vector: Float32Array, tensors: readonly Tensor[]): void {
  let offset = 0;
  for (const tensor of tensors) {
    vector.set(tensor.dataSync(), offset);
    offset += tensor.size;
  }
}

function byName(specs: readonly WeightSpec[], tensors: readonly Tensor[]): Named {
  const found = new Map(specs.map((spec, i) => [spec.name, tensors[i]]));
  return (name) => {
    const tensor = found.get(name);
    if (tensor) return tensor;
    throw new RangeError(`the network has no ${name}`);
  };
}
