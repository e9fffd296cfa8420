export { createControlApp } from "./app";
export type { ControlDeps, Limits, LogEntry, Upload, Uploads } from "./deps";
