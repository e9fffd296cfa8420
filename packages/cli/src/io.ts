import { createColors } from "picocolors";

type Colours = ReturnType<typeof createColors>;

/** Where a command speaks: results on stdout, everything else beside them. */
export interface Io {
  json: boolean;
  verbose: boolean;
  colours: Colours;
  /** A person watches: lines may be drawn again. */
  isLive: boolean;
  columns(): number;
  /** For people, while it works: stdout, or stderr where stdout is for machines. */
  say(line: string): void;
  /** The same without an end of line, for what is drawn again. */
  draw(text: string): void;
  /** The answer itself, last of all. */
  answer(text: string): void;
  complain(line: string): void;
}

export function processIo({ json, verbose }: { json: boolean; verbose: boolean }): Io {
  const people = json ? process.stderr : process.stdout;
  const isTerminal = people.isTTY === true && process.env.TERM !== "dumb";
  const hasColours = process.env.NO_COLOR ? false : isTerminal || Boolean(process.env.FORCE_COLOR);
  return {
    json,
    verbose,
    colours: createColors(hasColours),
    isLive: isTerminal && !process.env.CI,
    columns: () => people.columns ?? 80,
    say: (line) => void people.write(`${line}\n`),
    draw: (text) => void people.write(text),
    answer: (text) => void process.stdout.write(`${text}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
  };
}
