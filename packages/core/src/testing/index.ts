export { memoryWorld } from "./memory-world";
