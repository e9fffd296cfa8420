import type { Tf } from "../backend";
import type { Handle, Kernels } from "./kernels";

interface Attribute {
  name: string;
  type: number;
  value: unknown;
}
type Types = "TF_FLOAT" | "TF_INT32";
type AttributeTypes = "TF_ATTR_TYPE" | "TF_ATTR_FLOAT" | "TF_ATTR_STRING" | "TF_ATTR_BOOL" | "TF_ATTR_INT";
/** tfjs-node's addon, which is not in its public typings. */
interface Binding extends Record<Types | AttributeTypes, number> {
  createTensor(shape: readonly number[], type: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  executeOp(op: string, attributes: Attribute[], inputs: number[], outputs: number): Handle[];
}

/**
 * TensorFlow's kernels for a convolutional network and its gradient, called without tfjs in between: that takes half of
 * the time of small operations, and has kernels that tfjs never calls.
 *
 * @param tf with the native backend
 */
export function nativeKernels(tf: Tf): Kernels {
  const { binding: b } = tf.backend() as unknown as { binding: Binding };
  const float = (name: string) => ({ name, type: b.TF_ATTR_TYPE, value: b.TF_FLOAT });
  const text = (name: string, value: string) => ({ name, type: b.TF_ATTR_STRING, value });
  const flag = (name: string, value: boolean) => ({ name, type: b.TF_ATTR_BOOL, value });
  const ints = (name: string, value: number | number[]) => ({ name, type: b.TF_ATTR_INT, value });
  const int32 = { name: "Tidx", type: b.TF_ATTR_TYPE, value: b.TF_INT32 };
  const [T, NHWC] = [float("T"), text("data_format", "NHWC")];
  const ONE_DNN = text("_kernel", "MklNameChangeOp");

  const conv = [T, ints("strides", [1, 1, 1, 1]), text("padding", "SAME"), NHWC];
  const half = [flag("align_corners", false), flag("half_pixel_centers", true)];

  const run = (op: string, attributes: Attribute[], inputs: readonly Handle[], outputs: number) =>
    b.executeOp(
      op,
      attributes,
      inputs.map(({ id }) => id),
      outputs,
    );
  const one = (op: string, attributes: Attribute[], ...inputs: Handle[]): Handle =>
    run(op, attributes, inputs, 1)[0];

  const constants = new Map<string, Handle>();
  /** Shapes and axes are tensors, too: each is made once and kept. */
  function constant(values: readonly number[], shape: readonly number[] = [values.length]): Handle {
    const key = `${values} ${shape}`;
    const found = constants.get(key);
    if (found) return found;
    const made = { id: b.createTensor(shape, b.TF_INT32, Int32Array.from(values)), shape };
    constants.set(key, made);
    return made;
  }
  const channels = constant([3], []);
  const none = { id: b.createTensor([0], b.TF_FLOAT, new Float32Array(0)), shape: [0] };

  return {
    tensor: (values, shape) => ({ id: b.createTensor(shape, b.TF_FLOAT, values), shape }),
    read: ({ id }) => b.tensorDataSync(id),
    free: ({ id }) => b.deleteTensor(id),

    add: (x, y) => one("AddV2", [T], x, y),
    reluGradient: (dy, y) => one("ReluGrad", [T], dy, y),

    convolve: (x, kernel) => one("Conv2D", conv, x, kernel),
    convolveInputGradient: (dy, kernel, x) => one("Conv2DBackpropInput", conv, constant(x.shape), kernel, dy),
    convolveKernelGradient: (dy, kernel, x) =>
      one("Conv2DBackpropFilter", conv, x, constant(kernel.shape), dy),
    addBias: (x, bias) => one("BiasAdd", [T, NHWC], x, bias),
    biasGradient: (dy) => one("BiasAddGrad", [T, NHWC], dy),

    concat: (x, y) => one("ConcatV2", [T, ints("N", 2), int32], x, y, channels),
    split: (dy) => run("Split", [T, ints("num_split", 2)], [channels, dy], 2),

    upsample: (x) => one("ResizeBilinear", [T, ...half], x, constant([2 * x.shape[1], 2 * x.shape[2]])),
    upsampleGradient: (dy, x) => one("ResizeBilinearGrad", [T, ...half], dy, x),

    ...normalising(),
    ...pooling(),
  };

  /** Batch norm with a rectifier: one kernel of oneDNN's, where it is there, which saves a pass over memory. */
  function normalising(): Pick<Kernels, "batchNormRelu" | "batchNormGradient"> {
    const norm = (epsilon: number) => [
      ...[T, float("U"), NHWC, flag("is_training", true)],
      { name: "epsilon", type: b.TF_ATTR_FLOAT, value: epsilon },
    ];
    const rectified = [ints("num_side_inputs", 0), text("activation_mode", "Relu"), ONE_DNN];
    const both = (epsilon: number) => [...norm(epsilon), ...rectified];
    const hasOneDnn = runs("_MklNativeFusedBatchNormEx", both(1e-5), 6, [1, 2, 2, 1], [1], [1], [0], [0]);
    return {
      batchNormRelu(x, gamma, beta, epsilon) {
        const inputs = [x, gamma, beta, none, none];
        const [normed, mean, variance, ...reserved] = hasOneDnn
          ? run("_MklNativeFusedBatchNormEx", both(epsilon), inputs, 6)
          : run("FusedBatchNormV3", norm(epsilon), inputs, 6);
        if (hasOneDnn) return { y: normed, mean, variance, reserved };
        const y = one("Relu", [T], normed);
        b.deleteTensor(normed.id);
        return { y, mean, variance, reserved };
      },
      batchNormGradient(dy, x, gamma, { reserved }, epsilon) {
        const inputs = [dy, x, gamma, ...reserved];
        const [dx, dGamma, dBeta, ...unused] = run("FusedBatchNormGradV3", norm(epsilon), inputs, 5);
        for (const { id } of unused) b.deleteTensor(id);
        return { dx, dGamma, dBeta };
      },
    };
  }

  /** The largest of each 2x2: oneDNN's kernels, where they are there; its gradient takes a tenth of TensorFlow's own. */
  function pooling(): Pick<Kernels, "maxPool" | "maxPoolGradient"> {
    const pool = [
      T,
      ints("ksize", [1, 2, 2, 1]),
      ints("strides", [1, 2, 2, 1]),
      text("padding", "VALID"),
      NHWC,
    ];
    const oneDnn = [...pool, flag("workspace_enabled", true), ONE_DNN];
    const hasOneDnn = runs("_MklNativeMaxPool", oneDnn, 2, [1, 2, 2, 1]);
    return {
      maxPool(x) {
        if (!hasOneDnn) return { y: one("MaxPool", pool, x), workspace: [] };
        const [y, ...workspace] = run("_MklNativeMaxPool", oneDnn, [x], 2);
        return { y, workspace };
      },
      maxPoolGradient: (dy, x, y, workspace) =>
        hasOneDnn
          ? one("_MklNativeMaxPoolGrad", oneDnn, x, y, dy, ...workspace)
          : one("MaxPoolGrad", pool, x, y, dy),
    };
  }

  /** Whether a kernel is there: oneDNN's are in some builds only, and for some processors. */
  function runs(op: string, attributes: Attribute[], outputs: number, ...shapes: number[][]): boolean {
    const inputs = shapes.map((shape) =>
      b.createTensor(shape, b.TF_FLOAT, new Float32Array(shape.reduce((size, side) => size * side, 1))),
    );
    try {
      for (const { id } of b.executeOp(op, attributes, inputs, outputs)) b.deleteTensor(id);
      return true;
    } catch {
      return false;
    } finally {
      for (const id of inputs) b.deleteTensor(id);
    }
  }
}
