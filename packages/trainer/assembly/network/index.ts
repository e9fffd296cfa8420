export { batchNormGradient, batchNormRelu } from "./batch-norm";
export { convolve, locate, pack, packTurned, pad } from "./convolve";
export { double, doubleGradient } from "./double";
export { add, addBias, copyChannels, reluGradient } from "./elementwise";
export { kernelGradient, unpack } from "./kernel-gradient";
export { allocate, release } from "./memory";
export { maxPool, maxPoolGradient } from "./pool";
export { columnSums } from "./sums";
