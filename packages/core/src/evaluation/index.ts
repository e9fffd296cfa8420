export { boundaryDistance } from "./boundary";
export { calibrate } from "./calibration";
export { type Confusion, confusion, dice, iou } from "./metrics";
export { Calibration, type Means, PerImage, Report, Slice } from "./report";
export { score } from "./score";
export { summarise } from "./summarise";
