export { type Confusion, confusion, dice, iou } from "./metrics";
export { PerImage, Report, Slice } from "./report";
export { summarise } from "./summarise";
