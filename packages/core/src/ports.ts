import type * as z from "zod";
import type { Role } from "./release/role";
import type { HistoryEvent } from "./run/history-event";
import type { MaskPolicy, Settings } from "./settings";

/** Bytes under keys (S3, or files). Keys are `/`-separated plain names; a put is whole or not there at all. */
export interface Blobs {
  /** Throws `blob.missing`. */
  get(key: string): Promise<Buffer>;
  /** With `ifAbsent` nothing is overwritten: false says that the key was there already. */
  put(key: string, body: Uint8Array | string, options?: { ifAbsent?: boolean }): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Missing keys are no error. */
  remove(key: string): Promise<void>;
}

/** Small JSON documents under keys (DynamoDB, or files); every write is conditional on what was read. */
export interface Documents {
  /** Throws `document.invalid` if what is stored does not fit the schema. */
  read<S extends z.ZodType>(key: string, schema: S): Promise<z.output<S> | undefined>;
  /**
   * Compare-and-swap: `change` gets the current value and returns the next; it is called again if another
   * writer was faster. Returning the value it was given writes nothing; throwing writes nothing.
   */
  update<S extends z.ZodType>(
    key: string,
    schema: S,
    change: (current: z.output<S> | undefined) => z.output<S>,
  ): Promise<z.output<S>>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export type HostStatus = "stopped" | "starting" | "ready" | "stopping";
/** The machine that trains (EC2, or this one). Starting a started host and stopping a stopped one are no errors. */
export interface Host {
  start(): Promise<void>;
  status(): Promise<HostStatus>;
  stop(): Promise<void>;
}

export interface CommandStatus {
  /** `lost`: it is not running and left no exit code (host died, agent gone). */
  state: "running" | "succeeded" | "failed" | "cancelled" | "lost";
  exitCode?: number;
  /** The last lines of its output. */
  tail?: string;
}
/** Runs command lines on the host (SSM Run Command, or child processes). */
export interface Commands {
  /** Where the programs that it runs come from: the digest of a host release. Absent: this checkout. */
  readonly release?: string;
  /** Idempotent by id: sending an id again does nothing. */
  send(command: { id: string; line: string; timeoutSeconds: number }): Promise<void>;
  /** Undefined: no such command was sent. */
  status(id: string): Promise<CommandStatus | undefined>;
  cancel(id: string): Promise<void>;
}

/** Where the code lives (GitHub, or a bare git repository). Every call is idempotent by its `key` or `branch`. */
export interface Forge {
  comment(input: { key: string; ref?: string; body: string }): Promise<{ url: string }>;
  openPullRequest(input: {
    branch: string;
    title: string;
    body: string;
    /** By path; what else the branch's parent has stays. */
    files: Record<string, string | Uint8Array>;
  }): Promise<{ number: number; url: string }>;
  /** Merges when the rules allow; says whether it is merged yet, and if not, why. */
  autoMerge(input: { number: number }): Promise<{ merged: boolean; commit?: string; reason?: string }>;
}

export interface ServedPrediction {
  modelVersion: number;
  role: Role;
  areaPx: number;
  /** Share of the photo that is window, 0..1. */
  areaRatio: number;
  /** Mean probability inside the window, 0..1. */
  confidence: number;
  latencyMs: number;
}
/** A photo, and whose answer is wanted; without a role, whoever's turn it is. */
export interface AskedPhoto {
  photo: Uint8Array;
  role?: Role;
}
/** What the serving process has loaded and warmed. */
export interface LoadedModels {
  champion: number | null;
  canary: number | null;
  /** Share of the requests that the canary answers. */
  weight: number;
  /** Why a newer model does not serve. */
  problem: string | null;
}
/** What one serving process has counted since it started, in Prometheus' text format. */
export interface ProcessMetrics {
  /** Tells processes apart; the same one has the same name. */
  process: string;
  text: string;
}
/** The serving process, or all of them as one, seen from outside. It follows the release document by itself. */
export interface Serving {
  /**
   * Starts it if it is not there; answers its address. What takes longer than a function may wait is begun, and `pending`
   * says what: asked again, it is looked after.
   */
  ensure(): Promise<{ url: string; pending?: string }>;
  /** The number of the champion that it has loaded and warmed, or undefined while it has none. */
  readyVersion(): Promise<number | undefined>;
  /** Undefined: nobody answers, or nothing is loaded. */
  loaded(): Promise<LoadedModels | undefined>;
  /**
   * @param options.role asks that model whatever its weight, as a replay: it counts apart from clients' requests.
   *   Throws `model.not_found` where it is not loaded
   */
  predict(photo: Uint8Array, options?: { role?: Role }): Promise<ServedPrediction>;
  /**
   * Where asking takes long, many in one go and one after the other: the answers in their order, an error in the place
   * of one. There may be fewer of them, when the time is over. Absent: `predict` is as good.
   */
  predictAll?(asked: AskedPhoto[]): Promise<(ServedPrediction | Error)[]>;
  /** Of every serving process that can be reached. */
  metrics(): Promise<ProcessMetrics[]>;
}

/** Executions of the state machine (Step Functions, or the local runner). */
export interface Runs {
  /** Starts a run of the batch; while one of the same batch is under way, that one is answered. */
  start(input: { batch: string; masks?: MaskPolicy }): Promise<{ runId: string }>;
  /** Goes on with an interrupted, failed or stopped run. Throws `run.not_found`, `run.not_resumable`. */
  resume(runId: string): Promise<void>;
  /** Aborts the run; its batch and checkpoint are kept. Throws `run.not_found`, `run.not_resumable`. */
  stop(runId: string): Promise<void>;
  history(runId: string): Promise<HistoryEvent[]>;
}

/** How one file is sent: with this request, and before it expires. */
export interface Upload {
  method: "POST" | "PUT";
  /** Absolute, or a path of the API that gave it. */
  url: string;
  /** Of a POST form; the file itself is its last field, `file`. */
  fields?: Record<string, string>;
  headers?: Record<string, string>;
  /** Milliseconds since 1970. */
  expiresAt: number;
}
/** Where clients send the files of a batch by themselves (S3, or `sluice dev`). */
export interface Uploads {
  /** The right to send just this many bytes to just this key. */
  presign(file: { key: string; bytes: number; sha256?: string }): Promise<Upload>;
  /** Key and size of what has arrived under a prefix. */
  arrived(prefix: string): Promise<Map<string, number>>;
}

/** All that a step may use. Nothing in core or in a step asks which world it is in. */
export interface World {
  blobs: Blobs;
  documents: Documents;
  clock: Clock;
  host: Host;
  commands: Commands;
  forge: Forge;
  serving: Serving;
  settings: Settings;
  /** The commit of the code that runs, for lineage. */
  codeCommit: string;
}
