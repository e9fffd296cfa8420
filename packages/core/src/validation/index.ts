export { mergeParts } from "./merge";
export { inspectPart } from "./part";
export { MAX_PARTS, plan } from "./plan";
export { CODES, Fault, keys, Report, report } from "./report";
export { validate } from "./validate";
export { ValidBatch, ValidPair } from "./validated";
