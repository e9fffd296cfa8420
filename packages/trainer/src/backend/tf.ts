export type Tf = typeof import("@tensorflow/tfjs");
