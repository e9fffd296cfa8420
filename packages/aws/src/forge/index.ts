export type { GitHubSettings } from "./client";
export { githubForge } from "./github";
export { recordedForge } from "./recorded";
