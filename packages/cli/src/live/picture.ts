import { spans } from "../format/run";
import { duration } from "../format/values";
import type { Io } from "../io";
import { hasEnded, type Sight, training } from "./sight";
import { trainingLine } from "./training";

const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;
const FRAME_MS = 100;

/**
 * The run as a person sees it at one moment: its states with their times, and what the training is at.
 *
 * @param since states before this moment (epoch ms) are left out
 */
export function picture(
  sight: Sight,
  nowMs: number,
  columns: number,
  io: Pick<Io, "colours">,
  since = 0,
): string[] {
  const { colours } = io;
  const progress = training(sight, since);
  const seen = spans(sight.history.filter((event) => event.at >= since));
  const rows = seen.flatMap(({ state, enteredAt, leftAt, hasFailed }) => {
    const frame = FRAMES[Math.floor(nowMs / FRAME_MS) % FRAMES.length];
    const mark = hasFailed ? colours.red("✗") : leftAt === null ? colours.cyan(frame) : colours.green("✓");
    const time = colours.dim(duration((leftAt ?? nowMs) - enteredAt));
    const row = `${mark} ${state.padEnd(20)} ${time}`;
    return leftAt === null && progress ? [row, `  ${trainingLine(progress, columns - 2, io)}`] : [row];
  });
  if (rows.length === 0 && !hasEnded(sight)) return [colours.dim("waiting to begin")];
  return rows;
}

/** Draws it again in its place. The cursor is hidden meanwhile. */
export function painter(io: Io, since = 0, clock: () => number = Date.now) {
  let drawn = 0;
  const paint = (rows: string[]) => {
    const up = drawn > 0 ? `\u001b[${drawn}A` : "\u001b[?25l";
    io.draw(`${up}${rows.map((row) => `\u001b[2K${row}\n`).join("")}\u001b[0J`);
    drawn = rows.length;
  };
  return {
    show: (sight: Sight) => paint(picture(sight, clock(), io.columns(), io, since)),
    end: () => io.draw(drawn > 0 ? "\u001b[?25h" : ""),
  };
}
