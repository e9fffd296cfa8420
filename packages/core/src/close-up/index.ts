export { type Affine, compose, invert, mirrored, upended } from "./affine";
export { largestBlob } from "./blob";
export { closeUp, type Margins, type Outline, outlineOf } from "./outline";
export { sample } from "./sample";
