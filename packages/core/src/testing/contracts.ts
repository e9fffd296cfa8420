/** What every adapter of a port must do: each contract declares its tests, with a fresh adapter from `make`. */
export { blobsContract } from "./contracts/blobs";
export { clockContract } from "./contracts/clock";
export { commandsContract } from "./contracts/commands";
export { documentsContract } from "./contracts/documents";
export { forgeContract } from "./contracts/forge";
export { hostContract } from "./contracts/host";
export { servingContract } from "./contracts/serving";
