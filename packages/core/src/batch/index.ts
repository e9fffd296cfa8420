export { fromFolder } from "./folder";
export { fromZip } from "./from-zip";
export { openBatch as open } from "./open";
export { Origin, originFrom, originOf } from "./origin";
export type { BatchFiles, Source, SourceEntry } from "./source";
export { upload } from "./upload";
