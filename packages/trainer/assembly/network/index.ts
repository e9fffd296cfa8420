export { batchNormGradient, batchNormRelu } from "./batch-norm";
export { convolve, pack, packRotated, pad, pixelOffsets } from "./convolve";
export { add, addBias, copyChannels, reluGradient } from "./elementwise";
export { kernelGradient, unpack } from "./kernel-gradient";
export { allocate, release } from "./memory";
export { maxPool, maxPoolGradient } from "./pool";
export { columnSums } from "./sums";
export { upsample, upsampleGradient } from "./upsample";
