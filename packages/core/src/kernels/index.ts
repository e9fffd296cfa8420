export { type Area, largestArea, type Run, sumOf } from "./area";
export type { Picture } from "./picture";
export { sample } from "./sample";
export { stretch } from "./stretch";
export { addViews, takeViews, type View } from "./views";
