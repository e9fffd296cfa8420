import { stripVTControlCharacters } from "node:util";
import { isSluiceError } from "@sluice/core/errors";
import { type ArgsDef, type CommandDef, renderUsage } from "citty";
import { runOf } from "./command";
import { tree } from "./commands";
import { exitCodeHelp, exitCodeOf, INTERRUPTED, UNKNOWN } from "./exit-codes";
import { sentence } from "./format/values";
import { type Io, processIo } from "./io";
import { type Asked, isHelp, parseStrictly, resolve } from "./parse";
import { Interrupted } from "./session/interrupt";

export const VERSION = "0.1.0";

/** Runs one command line. @returns the exit code */
export async function run(words: string[], ioFor: typeof processIo = processIo): Promise<number> {
  const before = words.includes("--") ? words.slice(0, words.indexOf("--")) : words;
  const io = ioFor({ json: before.includes("--json"), verbose: before.includes("--verbose") });
  try {
    if (words.length === 1 && words[0] === "--version") return answer(io, VERSION, { version: VERSION });
    const asked = await resolve(tree, "sluice", words);
    const start = runOf(asked.def);
    if (before.some(isHelp) || !start)
      return answer(io, await help(asked, io), { usage: await help(asked, io) });
    const { json, text, error } = await start(parseStrictly(asked) as Parameters<typeof start>[0], io);
    answer(io, text, json);
    return error ? report(error, io, { isAnswered: true }) : 0;
  } catch (error) {
    return report(error, io, { isAnswered: false });
  }
}

function answer(io: Io, text: string, json: unknown): 0 {
  if (io.json && json !== undefined) io.answer(JSON.stringify(json));
  else if (!io.json && text !== "") io.answer(text);
  return 0;
}

/** One line, `code: message hint`; where it came from only with --verbose. */
function report(error: unknown, io: Io, { isAnswered }: { isAnswered: boolean }): number {
  if (error instanceof Interrupted) return INTERRUPTED;
  const { code, message, hint } = isSluiceError(error)
    ? error
    : {
        code: "unknown",
        message: String((error as Error)?.message ?? error),
        hint: "Try again with --verbose.",
      };
  const line = [`${code}: ${sentence(message)}`, hint].filter(Boolean).join(" ");
  io.complain(io.colours.red(line.replaceAll("\n", " ")));
  if (io.verbose && error instanceof Error) io.complain(stacks(error));
  if (io.json && !isAnswered) io.answer(JSON.stringify({ error: { code, message, hint } }));
  return isSluiceError(error) ? exitCodeOf(code) : UNKNOWN;
}

const stacks = (error: Error): string =>
  error.cause instanceof Error ? `${error.stack}\ncaused by ${stacks(error.cause)}` : (error.stack ?? "");

async function help({ def, path }: Asked, { colours }: Pick<Io, "colours">): Promise<string> {
  const meta = { ...(def.meta as object), name: path.at(-1) };
  const parent = { meta: { name: path.slice(0, -1).join(" ") } } as CommandDef<ArgsDef>;
  const usage = await renderUsage({ ...def, meta }, path.length > 1 ? parent : undefined);
  const text = path.length > 1 ? usage : `${usage}\n\n${exitCodeHelp()}`;
  // citty colours its usage whoever reads it
  return (colours.isColorSupported ? text : stripVTControlCharacters(text)).trimEnd();
}
