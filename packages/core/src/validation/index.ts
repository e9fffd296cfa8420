export { CODES, Fault, keys, Report, report } from "./report";
export { validate } from "./validate";
export { ValidBatch, ValidPair } from "./validated";
