import { isSluiceError, SluiceError } from "@sluice/core/errors";
import * as Registry from "@sluice/core/registry/index";
import type * as Run from "@sluice/core/run/index";
import type { Answer } from "../command";
import { modelsTable } from "../format/models";
import { runRow, runsTable } from "../format/run";
import type { Io } from "../io";
import type { Sight } from "../live/sight";
import type { Session } from "../session";
import { pagesIn, runAnswer } from "../session/answer";
import { watch } from "../session/carry";
import { openSource, send } from "../upload";
import type { Batches } from "./data";

/** Pushes a folder through the very code of `sluice push`. */
async function pushed(folder: string, session: Session, io: Io): Promise<Sight> {
  const { batch } = await send(await openSource(folder), session.world, io);
  const { runId } = await session.runner.start({ batch });
  const sight = await watch(runId, session, io);
  io.say("");
  io.say(runAnswer(sight, pagesIn(session.home), io, { states: false }).text);
  return sight;
}

/** The three pushes, told step by step; then the tables. */
export async function tell(batches: Batches, session: Session, io: Io): Promise<Answer> {
  const { counts } = batches;
  const title = (text: string) => io.say(`\n${io.colours.bold(text)}`);

  title(`1  The first batch, ${counts.first} pairs: the first champion`);
  const first = await pushed(batches.first, session, io);
  title(`2  ${counts.second} more pairs: a challenger against the champion, on the same test pictures`);
  const second = await pushed(batches.second, session, io);
  const { champion: before } = await Registry.read(session.world);
  title("3  A broken batch: rejected, every fault named, the champion untouched");
  const third = await pushed(batches.broken, session, io);

  title("4  What came of it");
  const runs = [first.run, second.run, third.run];
  const registry = await Registry.read(session.world);
  const champion = registry.models.find((model) => model.number === registry.champion);
  io.say(`\n${runsTable(runs, io)}\n\n${modelsTable(registry, io)}`);
  io.say(`\nMore of each: sluice runs show ID --home ${session.home}`);
  const error = disappointment(runs, registry, before);
  return {
    json: {
      runs: runs.map(runRow),
      champion: champion ? { version: champion.number, dice: champion.dice, iou: champion.iou } : null,
    },
    text: "",
    ...(error && { error }),
  };
}

/** What a demo must come to; the first thing that did not. */
export function disappointment(
  [first, second, third]: readonly Run.Info[],
  { champion }: Pick<Registry.Info, "champion">,
  before: number | null,
): SluiceError | undefined {
  const fail = (message: string) =>
    new SluiceError("run.failed", message, "See: sluice runs show ID, --verbose.");
  if (first?.outcome !== "promoted") return fail(`The first run was to be promoted: ${first?.summary}`);
  if (second?.outcome !== "promoted" && second?.outcome !== "kept")
    return fail(`The second run was to be promoted or kept: ${second?.summary}`);
  if (third?.outcome !== "rejected") return fail(`The broken batch was to be rejected: ${third?.summary}`);
  if (champion === null) return fail("There is no champion");
  return champion === before ? undefined : fail("The broken batch has changed the champion");
}

/** The page that stays up. */
export async function servePage({ world }: Session): Promise<string> {
  try {
    await world.host.start();
    return (await world.serving.ensure()).url;
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    throw new SluiceError(error.code, `The predict page does not come up: ${error.message}`, error.hint);
  }
}
