export { s3Blobs } from "./blobs";
export { systemClock } from "./clock";
export { dynamoDocuments } from "./documents";
export { readEnv, readGithub, readSettings } from "./env";
export { type HostWorld, openHostWorld } from "./world";
