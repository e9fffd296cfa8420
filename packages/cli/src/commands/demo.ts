import { join, resolve } from "node:path";
import { type Answer, command } from "../command";
import type { Probed } from "../doctor/probe";
import type { Io } from "../io";
import { openSession } from "../session";
import { carry } from "../session/carry";
import { homeOf } from "../session/home";
import { untilInterrupted } from "../session/interrupt";
import { writeSettings } from "../session/settings";

export const demo = command(
  { name: "demo", description: "The main job from drawn photos to a served champion, in a home of its own" },
  {
    data: { type: "string", description: "Push this folder's pairs instead of drawn ones", valueHint: "DIR" },
    exit: { type: "boolean", description: "End when done, instead of keeping the predict page up" },
  },
  async (args, io) => {
    const { checkFolder } = await import("../demo/data");
    const { freshHome } = await import("../demo/home");
    const { tell, servePage } = await import("../demo/story");
    const data = args.data ? resolve(args.data) : undefined;
    if (data) await checkFolder(data); // before an earlier demo is removed
    const home = await freshHome(homeOf(args), data);
    io.say(`The demo works in ${home}`);
    const { batches, recipe } = await prepare(data, home, io);
    await writeSettings(home, { recipe });
    const session = await openSession(home, { servesAlways: true });
    const work = async (): Promise<Answer> => {
      const answer = await tell(batches, session, io);
      if (args.exit) return answer;
      const url = answer.error ? undefined : await servePage(session);
      if (url) await stay(url, answer, io);
      return { ...answer, json: url ? undefined : answer.json };
    };
    return carry(session, io, work, { stopHost: true });
  },
);

/** The three batches, and how to train on them here. */
async function prepare(data: string | undefined, home: string, io: Io) {
  const { drawnBatches, folderBatches } = await import("../demo/data");
  const { drawnRecipe, folderRecipe } = await import("../demo/plan");
  const into = join(home, "demo-data");
  if (data) {
    const batches = await folderBatches(data, into);
    return { batches, recipe: folderRecipe() };
  }
  const { nativeProbe } = await import("../doctor/checks");
  const native: Probed =
    process.env.SLUICE_BACKEND === "wasm" ? { ok: false, reason: "SLUICE_BACKEND" } : await nativeProbe();
  const backend = native.ok ? "native" : "wasm";
  io.say(`Training backend: ${backend}${native.ok ? "" : ` (${native.reason}; see: sluice doctor)`}`);
  io.say("Drawing photos of meters …");
  return { batches: await drawnBatches(into), recipe: drawnRecipe(backend) };
}

/** The answer is out before the waiting begins, as nobody knows how long it takes. */
async function stay(url: string, answer: Answer, io: Io): Promise<void> {
  io.say(`\nPredict page: ${io.colours.bold(`${url}/`)}   (Ctrl-C ends)`);
  if (io.json) io.answer(JSON.stringify(answer.json));
  await untilInterrupted();
}
