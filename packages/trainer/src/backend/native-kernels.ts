import type { Tensor, Tensor1D, Tensor4D } from "@tensorflow/tfjs";
import type { Tf } from "./tf";

/** The part of tfjs-node's backend used here; it is not in the public typings. */
interface NodeBackend {
  binding: Record<"TF_FLOAT" | "TF_ATTR_TYPE" | "TF_ATTR_FLOAT" | "TF_ATTR_STRING" | "TF_ATTR_BOOL", number>;
  executeSingleOutput(op: string, attrs: object[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attrs: object[], inputs: Tensor[], outputs: number): Tensor[];
}

/** TensorFlow kernels that tfjs has no operation for. Native backend only; none of them is differentiable. */
export function nativeKernels(tf: Tf) {
  const backend = tf.backend() as unknown as NodeBackend;
  const b = backend.binding;
  const float = (name: string) => ({ name, type: b.TF_ATTR_TYPE, value: b.TF_FLOAT });
  const batchNormAttributes = (epsilon: number) => [
    float("T"),
    float("U"),
    { name: "epsilon", type: b.TF_ATTR_FLOAT, value: epsilon },
    { name: "data_format", type: b.TF_ATTR_STRING, value: "NHWC" },
    { name: "is_training", type: b.TF_ATTR_BOOL, value: true },
  ];

  return {
    /** `reserved` is read by the gradient only. */
    batchNorm(x: Tensor4D, gamma: Tensor1D, beta: Tensor1D, epsilon: number) {
      const none = tf.tensor1d([]); // in training mode the kernel takes no running mean and variance
      const inputs = [x, gamma, beta, none, none];
      const outputs = backend.executeMultipleOutputs(
        "FusedBatchNormV3",
        batchNormAttributes(epsilon),
        inputs,
        6,
      );
      const [y, mean, variance, ...reserved] = outputs;
      return { y, mean: mean as Tensor1D, variance: variance as Tensor1D, reserved };
    },
    /** @returns the gradients of x, gamma and beta */
    batchNormGradient(dy: Tensor, x: Tensor, gamma: Tensor, reserved: Tensor[], epsilon: number): Tensor[] {
      const inputs = [dy, x, gamma, ...reserved];
      const attributes = batchNormAttributes(epsilon);
      return backend.executeMultipleOutputs("FusedBatchNormGradV3", attributes, inputs, 5).slice(0, 3);
    },
    reluGradient: (dy: Tensor, y: Tensor): Tensor =>
      backend.executeSingleOutput("ReluGrad", [float("T")], [dy, y]),
  };
}
