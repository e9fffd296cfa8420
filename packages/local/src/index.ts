export { fileBlobs } from "./blobs";
export { systemClock } from "./clock";
export { fileDocuments } from "./documents";
export { homeDir } from "./home";
export { type HostWorld, openHostWorld } from "./host-world";
