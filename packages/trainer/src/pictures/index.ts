export { renderComparison } from "./comparison";
export { writeCurves } from "./curves";
