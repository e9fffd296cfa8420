import { SluiceError } from "@sluice/core/errors";
import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs } from "citty";
import type { Io } from "./io";

/** What every command takes. */
export const common = {
  json: { type: "boolean", description: "Answer as one line of JSON on stdout" },
  verbose: { type: "boolean", description: "Show where an error came from" },
  home: {
    type: "string",
    description: "The local world's folder (SLUICE_HOME; else .sluice)",
    valueHint: "DIR",
  },
} as const satisfies ArgsDef;

/** What commands take that also work at a deployed stage: see `stageOf`. */
export const staged = {
  stage: {
    type: "string",
    description: "A deployed stage (dev, staging, prod) instead of a home on this machine",
    valueHint: "NAME",
  },
  region: { type: "string", description: "The stage's region (else AWS_REGION)", valueHint: "REGION" },
} as const satisfies ArgsDef;

/** What a command answers: for machines, for people, and the error that it ends with, if it has one to report. */
export interface Answer {
  json: unknown;
  text: string;
  error?: SluiceError;
}

type Args<T extends ArgsDef> = ParsedArgs<T & typeof common>;
type Run<T extends ArgsDef> = (args: Args<T>, io: Io) => Promise<Answer>;

/** A command of the tree: its arguments are citty's, its answer is printed in one place. */
export function command<const T extends ArgsDef>(
  meta: { name: string; description: string },
  args: T,
  run: Run<T>,
): CommandDef<ArgsDef> {
  const all = { ...args, ...common };
  const def = defineCommand({ meta, args: all });
  runs.set(def as CommandDef<ArgsDef>, run as unknown as Run<ArgsDef>);
  return def as CommandDef<ArgsDef>;
}

const runs = new WeakMap<CommandDef<ArgsDef>, Run<ArgsDef>>();
export const runOf = (def: CommandDef<ArgsDef>): Run<ArgsDef> | undefined => runs.get(def);

/** A positional number. Throws `usage.invalid`. */
export function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new SluiceError(
    "usage.invalid",
    `${name} is ${JSON.stringify(text)}, not a number`,
    "Give 1, 2, 3, …",
  );
}
