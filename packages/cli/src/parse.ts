import { stripVTControlCharacters } from "node:util";
import { SluiceError } from "@sluice/core/errors";
import { type ArgsDef, type CommandDef, type ParsedArgs, parseArgs } from "citty";

/** The command that was asked for, its name in full, and what was written after it. */
export interface Asked {
  def: CommandDef<ArgsDef>;
  path: string[];
  rest: string[];
}

type Tree = Record<string, CommandDef<ArgsDef> | (() => Promise<CommandDef<ArgsDef>>)>;

async function childrenOf(def: CommandDef<ArgsDef>): Promise<Tree | undefined> {
  const { subCommands } = def;
  return (typeof subCommands === "function" ? await subCommands() : await subCommands) as Tree | undefined;
}

/** Options before a command's name that take the word after them along. */
const WITH_VALUE = new Set(["--home", "--stage", "--region"]);

/** Options written before a command's name belong to it. */
function leadingOptions(words: string[]): number {
  const first = words.findIndex((word, i) => !word.startsWith("-") && !WITH_VALUE.has(words[i - 1] ?? ""));
  return first === -1 ? words.length : first;
}

/** Throws `usage.not_found` for a command that there is not. */
export async function resolve(root: CommandDef<ArgsDef>, name: string, words: string[]): Promise<Asked> {
  let asked: Asked = { def: root, path: [name], rest: words };
  for (;;) {
    const children = await childrenOf(asked.def);
    if (!children) return asked;
    const at = leadingOptions(asked.rest);
    const word = asked.rest[at];
    const chosen = word ?? (await defaultOf(asked));
    if (chosen === undefined) return asked;
    const child = Object.hasOwn(children, chosen) ? children[chosen] : undefined;
    if (!child) throw unknownCommand(asked.path, chosen, Object.keys(children));
    const def = typeof child === "function" ? await child() : child;
    const rest = word === undefined ? asked.rest : asked.rest.toSpliced(at, 1);
    asked = { def, path: word === undefined ? asked.path : [...asked.path, word], rest };
  }
}

async function defaultOf({ def, rest }: Asked): Promise<string | undefined> {
  if (rest.some(isHelp)) return undefined;
  return (typeof def.default === "function" ? await def.default() : await def.default) as string | undefined;
}

export const isHelp = (word: string) => word === "--help" || word === "-h";

function unknownCommand(path: string[], word: string, known: string[]): SluiceError {
  return new SluiceError(
    "usage.not_found",
    `There is no command ${[...path, word].join(" ")}`,
    `There are: ${known.join(", ")}.`,
  );
}

const toKebab = (name: string) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** citty takes whatever it is given; here what it does not know is an error. Throws `usage.invalid`. */
export function parseStrictly({ def, path, rest }: Asked): ParsedArgs {
  const args = def.args as ArgsDef;
  const hint = `See: ${path.join(" ")} --help.`;
  const refuse = (message: string) => new SluiceError("usage.invalid", message, hint);
  const parsed = parse(rest, args, refuse);
  const options = Object.entries(args).filter(([, arg]) => arg.type !== "positional");
  const known = new Set(options.flatMap(([name, arg]) => [name, toKebab(name), ...aliasesOf(arg)]));

  for (const name of Object.keys(parsed)) {
    const isPositional = name === "_" || args[name]?.type === "positional";
    if (!isPositional && !known.has(name))
      throw refuse(`There is no option ${name.length > 1 ? "--" : "-"}${name}`);
  }
  for (const [name, arg] of options) {
    if (arg.type !== "boolean" && parsed[name] === "") throw refuse(`--${name} has no value`);
  }
  const places = Object.values(args).filter((arg) => arg.type === "positional").length;
  if (parsed._.length > places) throw refuse(`${JSON.stringify(parsed._[places])} is one argument too many`);
  return parsed;
}

const aliasesOf = (arg: ArgsDef[string]): string[] => ("alias" in arg && arg.alias ? [arg.alias].flat() : []);

function parse(rest: string[], args: ArgsDef, refuse: (message: string) => SluiceError): ParsedArgs {
  try {
    return parseArgs(rest, args);
  } catch (error) {
    throw refuse(stripVTControlCharacters((error as Error).message).replace(/\.$/, ""));
  }
}
