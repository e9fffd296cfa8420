// A program: any of ours as a worker. Hooks that read TypeScript are registered for one thread only.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData);
