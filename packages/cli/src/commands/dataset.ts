import { list as commits, show as findCommit } from "@sluice/core/dataset/history";
import { SluiceError } from "@sluice/core/errors";
import { defineCommand } from "citty";
import { command, staged } from "../command";
import { commitsTable, commitText } from "../format/dataset";
import { storedAt } from "../session/stage";

const list = command(
  { name: "list", description: "The dataset's versions, oldest first" },
  staged,
  async (args, io) => {
    const history = await commits(await storedAt(args));
    const text =
      history.length === 0 ? "The dataset is empty: sluice push DIR adds to it." : commitsTable(history, io);
    return { json: history, text };
  },
);

const show = command(
  { name: "show", description: "One version: where it came from and what it changed" },
  {
    version: { type: "positional", description: "Its digest, or the beginning of it", required: true },
    ...staged,
  },
  async (args, io) => {
    if (args.version === "")
      throw new SluiceError("usage.invalid", "VERSION is empty", "See: sluice dataset list.");
    const commit = await findCommit(args.version, await storedAt(args));
    return { json: commit, text: commitText(commit, io) };
  },
);

export const dataset = defineCommand({
  meta: { name: "dataset", description: "The dataset: list its versions, show one" },
  default: "list",
  subCommands: { list, show },
});
