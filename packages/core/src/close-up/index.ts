export { type Area, largestArea, type Run } from "../kernels/area";
export { sample } from "../kernels/sample";
export { type Affine, compose, invert, mirrored, stretched, upended } from "./affine";
export { closeUp, type Margins, type Outline, outlineOf } from "./outline";
