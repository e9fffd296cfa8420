export { type Affine, closeUp, compose, invert, type Margins, mirrored, upended } from "./affine";
export { largestBlob } from "./blob";
export { type Outline, outlineOf } from "./outline";
export { sample } from "./sample";
