export * from "./app";
export { type FollowEvent, type Follower, type FollowOptions, follow } from "./follow";
export { type RunningServer, type ServerOptions, startServer } from "./server";
export { type ServeOptions, serveWorld } from "./server/follow-world";
