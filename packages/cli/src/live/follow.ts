import type { Io } from "../io";
import { lineTeller } from "./lines";
import { painter } from "./picture";
import { hasEnded, type Sight } from "./sight";

/** A look reads the run, its history and its report: often enough to be lively, seldom enough beside a training. */
const LOOK_MS = 500;

/**
 * Shows a run until it has ended: drawn again in place for a person, lines for a pipe.
 *
 * @param look what there is to see now
 * @param isOver ends it also without an outcome, as when its execution was left behind
 * @returns what was seen last
 */
export async function follow(
  look: () => Promise<Sight>,
  io: Io,
  {
    isOver = () => false,
    since,
    everyMs = LOOK_MS,
  }: { isOver?: () => boolean; since?: number; everyMs?: number } = {},
): Promise<Sight> {
  const teller = io.isLive ? painter(io, since) : lineTeller(io, since);
  try {
    for (;;) {
      const wasOver = isOver(); // before the look: what is seen then is all there will be
      const sight = await look();
      teller.show(sight);
      if (wasOver || hasEnded(sight)) return sight;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  } finally {
    teller.end();
  }
}
