import type { Access } from "./access";
import { STEPS, type Step } from "./pipeline-definition";

interface Needs extends Access {
  memoryMb?: number;
  minutes?: number;
  /** Reads photos: sharp comes in a layer. */
  photos?: boolean;
  /** Further variables, which the stack knows. */
  told?: ("codeCommit" | "hostRelease" | "apiUrl" | "served")[];
}

/** What the parts of a validation hand to each other. */
const PARTS = "validation/";
const RUN = { write: ["runs"] };
/** All that serves. */
const SERVING = { serving: true, pods: true, told: ["apiUrl", "served"] } satisfies Needs;
const LARGE = { memoryMb: 3008, minutes: 14 };

/** What each step of the state machine may touch. Nothing else is granted to it. */
export const STEP_NEEDS: Record<Step, Needs> = {
  planValidation: {
    ...LARGE,
    documents: RUN,
    blobs: { read: ["incoming/", PARTS], write: [PARTS] },
  },
  validatePart: {
    ...LARGE,
    documents: { read: ["runs"] },
    blobs: { read: ["incoming/", PARTS], write: [PARTS] },
    photos: true,
  },
  validateBatch: {
    ...LARGE,
    documents: RUN,
    blobs: { read: [PARTS], write: ["reports/"], remove: ["reports/"] },
  },
  reportRejection: { documents: RUN, blobs: { read: ["reports/", "incoming/"] }, forge: true },
  commitDataset: {
    ...LARGE,
    documents: { write: ["runs", "dataset"], list: ["runs", "dataset"] },
    blobs: { read: ["incoming/", "reports/", "data/"], write: ["data/"], remove: ["data/"] },
    photos: true,
  },
  acquireHost: { documents: { write: ["runs", "lease"], read: ["dataset"] } },
  startHost: { documents: { write: ["runs", "lease"] }, host: ["look", "start"] },
  startTraining: {
    documents: { write: ["runs", "commands"], read: ["registry"] },
    blobs: { read: ["jobs/", "commands/"], write: ["jobs/", "commands/"], remove: ["jobs/"] },
    commands: ["send", "look"],
    host: ["look"],
    told: ["codeCommit", "hostRelease"],
  },
  checkTraining: {
    documents: { write: ["runs", "lease", "commands"] },
    blobs: { read: ["jobs/", "commands/"] },
    commands: ["look", "cancel"],
    host: ["look"],
    told: ["hostRelease"],
  },
  decideGate: {
    memoryMb: 1024,
    documents: { write: ["runs", "registry"] },
    blobs: { read: ["jobs/", "models/"], write: ["models/"] },
  },
  keepChampion: { documents: { write: ["runs", "registry"] } },
  rollOut: { documents: { write: ["lease"] }, ...SERVING },
  deployCanary: {
    documents: { write: ["runs", "release"], read: ["lease", "registry"] },
    ...SERVING,
  },
  observeCanary: {
    minutes: 3,
    documents: { write: ["runs", "lease", "release"], read: ["registry"] },
    blobs: { read: ["data/"] },
    ...SERVING,
  },
  promoteChampion: {
    memoryMb: 1024,
    documents: { write: ["registry"], read: ["runs", "lease"] },
    blobs: { read: ["models/"] },
  },
  deployFull: {
    documents: { write: ["release"], read: ["lease", "registry"] },
    ...SERVING,
  },
  smokeTest: {
    minutes: 8, // where the host serves, each photo is a command
    documents: { write: ["runs"], read: ["registry", "release"] },
    blobs: { read: ["data/"] },
    ...SERVING,
  },
  rollBack: { documents: { write: ["runs", "registry", "release"] } },
  openPullRequest: {
    documents: { write: ["runs"], read: ["registry"] },
    blobs: { read: ["jobs/", "models/"] },
    forge: true,
  },
  enableAutoMerge: { documents: RUN, forge: true },
  releaseHost: { documents: { write: ["lease", "release"], read: ["runs"] }, host: ["look", "stop"] },
  recordFailure: { documents: RUN },
};

/** Those that answer to events besides the state machine; four of the five layers that stop the host are here. */
export const EVENT_NEEDS = {
  startRun: {
    documents: { write: ["runs"], list: ["runs"], claim: ["starts"] },
    runs: ["start", "look"],
  },
  stopRun: {
    minutes: 5,
    documents: { write: ["runs", "lease", "commands", "release"] },
    blobs: { read: ["commands/"], write: ["commands/"] },
    host: ["look", "stop"],
    commands: ["look", "cancel"],
    told: ["hostRelease"],
  },
  watchdog: { documents: { write: ["lease"], read: ["runs"] }, host: ["look", "stop"] },
  overBudget: { host: ["look", "stop"] },
} satisfies Record<string, Needs>;

/** Those behind the HTTP API. */
export const API_NEEDS = {
  api: {
    documents: {
      write: ["runs", "registry", "release"],
      read: ["dataset"],
      list: ["runs", "dataset", "release"],
    },
    blobs: { read: ["incoming/", "reports/", "jobs/", "models/", "data/manifest/"], write: ["incoming/"] },
    runs: ["start", "look", "stop"],
    serving: true,
  },
  predict: {
    documents: { read: ["release", "registry", "imported"], list: ["imported"] },
    blobs: { read: ["models/"] },
  },
} satisfies Record<string, Needs>;

export type LambdaName = Step | keyof typeof EVENT_NEEDS | keyof typeof API_NEEDS;
export const LAMBDAS = [...STEPS, ...Object.keys(EVENT_NEEDS), ...Object.keys(API_NEEDS)] as LambdaName[];
export type { Needs };
