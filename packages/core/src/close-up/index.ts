export { sample } from "../kernels/sample";
export { type Affine, compose, invert, mirrored, upended } from "./affine";
export { type Area, largestArea, type Run } from "./area";
export { closeUp, type Margins, type Outline, outlineOf } from "./outline";
