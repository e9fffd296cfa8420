export { largestArea, sumOf } from "./area";
export { sample } from "./sample";
export { stretch } from "./stretch";
export { addView, takeView } from "./views";
