import { heldRuns } from "@sluice/control/testing";
import type { World } from "@sluice/core";
import * as Run from "@sluice/core/run/index";
import type { Runner } from "@sluice/local/runner/index";
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

/** A runner whose runs are made known, but not executed. */
export const heldRunner = (world: World): Runner => ({
  ...heldRuns(world),
  wait: (id) => Run.get(id, world),
  history: async () => [],
  interrupted: async () => [],
  onState: () => () => undefined,
  close: async () => undefined,
});
