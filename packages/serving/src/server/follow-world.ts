import type { Blobs, Clock, Documents } from "@sluice/core";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import { type FollowEvent, type Follower, follow } from "../follow";
import { onnxThread } from "../onnx/in-thread";
import { openLibrary } from "../onnx/library";
import { cpuLimit } from "../predictor/cpus";
import { predictorThreads } from "../predictor/threads";
import { type RunningServer, type ServerOptions, startServer } from "./index";

/** What a program on the host has of its world. */
export interface HostWorld {
  blobs: Blobs;
  documents: Documents;
  clock: Clock;
}

export interface ServeOptions extends Omit<ServerOptions, "model" | "models" | "state" | "clock"> {
  pollMs?: number;
  /** How many photos are worked on at once; default: one for each CPU that the container may use. */
  threads?: number;
}

/**
 * Serves whatever the world's release document names, swapping models without a restart.
 *
 * Throws `usage.invalid` when the port is taken.
 */
export async function serveWorld(world: HostWorld, options: ServeOptions): Promise<RunningServer> {
  const registry = options.registry ?? new Registry();
  if (!options.registry) collectDefaultMetrics({ register: registry });
  const loads = new Counter({
    name: "sluice_model_loads_total",
    help: "Models that were to take over, by how that went.",
    labelNames: ["outcome"],
    registers: [registry],
  });
  const { log = console.error } = options;
  const report = (event: FollowEvent) => {
    loads.inc({ outcome: event.kind });
    log(describe(event));
  };
  // The port first: where it is taken, no model is loaded for nothing.
  let follower: Follower | undefined;
  const count = options.threads ?? cpuLimit();
  const library = openLibrary(world, { opener: onnxThread() });
  const server = await startServer({
    ...options,
    // One more than there are threads: a thread that is done finds the next photo ready.
    limits: { atOnce: count + 1, ...options.limits },
    model: () => follower?.model(),
    models: () => follower?.models() ?? { weight: 0 },
    state: () => follower?.state() ?? { reason: "The server is starting", problem: null },
    library,
    clock: world.clock,
    registry,
  });
  const threads = predictorThreads({ count });
  const following = follow(world, { pollMs: options.pollMs, report, load: threads.load });
  follower = following;
  return {
    ...server,
    close: () =>
      server.close().finally(() => Promise.all([following.close().finally(threads.close), library.close()])),
  };
}

function describe(event: FollowEvent): string {
  if (event.kind === "loaded")
    return `Model ${event.model} is ready, loaded and warmed in ${Math.round(event.ms)} ms`;
  const { code, message, hint } = event.problem;
  const again = event.retryInMs === null ? "" : ` Again in ${event.retryInMs / 1000} s.`;
  return `${code}: ${message}. ${hint}${again}`;
}
