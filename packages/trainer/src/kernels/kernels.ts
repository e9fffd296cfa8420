/** A tensor of a backend's: the caller frees it. */
export interface Handle {
  readonly id: number;
  readonly shape: readonly number[];
}

/** Values that were normalised and rectified, and what the gradient of that wants to know again: tensors of their own. */
interface Normalised {
  y: Handle;
  /** Of the batch, [c]. */
  mean: Handle;
  /** Of the batch, [c], unbiased. */
  variance: Handle;
  reserved: readonly Handle[];
}

/**
 * What a training step of a convolutional network is made of. All tensors are float32; pictures are [n, h, w, c]. After an
 * error of a kernel's its tensors can only be freed.
 */
export interface Kernels {
  tensor(values: Float32Array, shape: readonly number[]): Handle;
  read(tensor: Handle): Float32Array;
  free(tensor: Handle): void;

  add(x: Handle, y: Handle): Handle;
  /** @param y what was rectified */
  reluGradient(dy: Handle, y: Handle): Handle;

  /** Stride 1, zeros around; @param kernel [side, side, in, out], its side odd */
  convolve(x: Handle, kernel: Handle): Handle;
  convolveInputGradient(dy: Handle, kernel: Handle, x: Handle): Handle;
  convolveKernelGradient(dy: Handle, kernel: Handle, x: Handle): Handle;
  /** @param bias [c] */
  addBias(x: Handle, bias: Handle): Handle;
  biasGradient(dy: Handle): Handle;

  /** By the batch's own statistics (Ioffe & Szegedy 2015), then rectified. @param gamma [c]; @param beta [c] */
  batchNormRelu(x: Handle, gamma: Handle, beta: Handle, epsilon: number): Normalised;
  /** @param dy of what was rectified, from `reluGradient` */
  batchNormGradient(
    dy: Handle,
    x: Handle,
    gamma: Handle,
    norm: Pick<Normalised, "mean" | "reserved">,
    epsilon: number,
  ): { dx: Handle; dGamma: Handle; dBeta: Handle };

  /** The largest of each 2x2 of pictures with even sides; `workspace` is for the gradient. */
  maxPool(x: Handle): { y: Handle; workspace: readonly Handle[] };
  /** To the first of those that are the largest. */
  maxPoolGradient(dy: Handle, x: Handle, y: Handle, workspace: readonly Handle[]): Handle;

  /** Bilinear with half-pixel centres, to twice the side. */
  upsample(x: Handle): Handle;
  upsampleGradient(dy: Handle, x: Handle): Handle;

  /** The channels of both. */
  concat(x: Handle, y: Handle): Handle;
  /** The two that were joined by `concat`, which have as many channels each. */
  split(dy: Handle): readonly Handle[];
}
