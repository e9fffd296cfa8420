export { modelCard } from "./card";
export type { Course, Facts } from "./facts";
export { reportPage } from "./page";
