import type { ErrorCode } from "@sluice/core/errors";

type Kind<C extends string> = C extends `${infer K}.${string}` ? K : never;

/** The exit code of every kind of error (what is before the code's dot): the one place where it is decided. */
export const exitCodes = {
  usage: 2,
  request: 2,
  input: 3,
  photo: 3,
  batch: 3,
  dataset: 4,
  model: 5,
  release: 5,
  run: 6,
  gate: 6,
  host: 7,
  training: 7,
  serving: 8,
  world: 9,
  blob: 9,
  document: 9,
  forge: 9,
} as const satisfies Record<Kind<ErrorCode>, number>;

/** An error that nobody foresaw. */
export const UNKNOWN = 70;
/** Ctrl-C, as shells report it. */
export const INTERRUPTED = 130;

export function exitCodeOf(code: string): number {
  const kinds: Record<string, number> = exitCodes;
  return kinds[code.split(".")[0] ?? ""] ?? UNKNOWN;
}

const MEANINGS: Record<number, string> = {
  2: "how it was called",
  3: "photos, masks or the batch",
  4: "the dataset",
  5: "models and releases",
  6: "the run or its gate",
  7: "the training or its host",
  8: "serving",
  9: "the home folder, the account or the forge",
  70: "something that nobody foresaw",
  130: "interrupted; a run can be resumed",
};

/** What `sluice --help` says about them. */
export const exitCodeHelp = (): string =>
  [
    "EXIT CODES",
    "",
    "   0  done",
    ...Object.entries(MEANINGS).map(([code, meaning]) => `${code.padStart(4)}  ${meaning}`),
  ].join("\n");
