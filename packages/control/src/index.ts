export { createControlApp } from "./app";
export type { AnnounceAnswer, Announcement, BatchAnswer } from "./batches/schemas";
export type { ControlDeps, Limits, LogEntry } from "./deps";
