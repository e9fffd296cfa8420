import { createColors } from "picocolors";
import type { Io } from "./io";

/** An Io that keeps what is said, for tests. */
export function recordingIo(options: Partial<Pick<Io, "json" | "verbose" | "isLive">> = {}) {
  const said: string[] = [];
  const answered: string[] = [];
  const complained: string[] = [];
  const io: Io = {
    json: false,
    verbose: false,
    isLive: false,
    ...options,
    colours: createColors(false),
    columns: () => 80,
    say: (line) => void said.push(line),
    draw: (text) => void said.push(text),
    answer: (text) => void answered.push(text),
    complain: (line) => void complained.push(line),
  };
  return { io, said, answered, complained };
}
