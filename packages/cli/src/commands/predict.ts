import { SluiceError } from "@sluice/core/errors";
import { command, staged } from "../command";
import { openChampion } from "../predict/cache";
import { findPhotos, plan } from "../predict/plan";
import { homeOf } from "../session/home";
import { storedAt } from "../session/stage";

export const predict = command(
  { name: "predict", description: "Mark the reading windows of photos with the cached champion, offline" },
  {
    path: {
      type: "positional",
      description: "A photo, or a folder of photos",
      required: true,
      valueHint: "DIR|FILE",
    },
    out: {
      type: "string",
      alias: "o",
      description: "Folder for masks/ and overlays/",
      required: true,
      valueHint: "OUT",
    },
    ...staged,
  },
  async (args, io) => {
    const home = homeOf(args);
    const tasks = await plan(await findPhotos(args.path), args.out);
    const { champion, predictor } = await openChampion(home, await storedAt(args));
    const { predictAll } = await import("../predict/run");
    const { done, failed } = await predictAll(tasks, predictor, (count, total) => {
      if (io.isLive) io.draw(`\r\u001b[2K${count < total ? `Predicting ${count}/${total}` : ""}`);
    });
    await predictor.close();

    const lines = [
      `Model ${champion.number} marked ${done.length} of ${tasks.length} photos${done.length > 0 ? `: see ${args.out}/overlays` : ""}`,
      ...done.filter(({ box }) => box === null).map(({ photo }) => `No window found: ${photo}`),
      ...failed.map(({ code, message, hint }) => io.colours.red(`${code}: ${message}. ${hint}`)),
    ];
    const json = { model: champion.number, photos: done, failed };
    const first = failed[0];
    if (!first) return { json, text: lines.join("\n") };
    const others = done.length > 0 ? "; the others are done" : "";
    const message = `${failed.length} of ${tasks.length} photos could not be predicted${others}`;
    const error = new SluiceError("input.unreadable", message, "Each is named above.");
    return { json, text: lines.join("\n"), error };
  },
);
