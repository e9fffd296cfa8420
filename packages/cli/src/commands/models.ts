import { userInfo } from "node:os";
import { rollback as rollBack } from "@sluice/control/models/rollback";
import { show as showModel } from "@sluice/control/models/show";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";
import { defineCommand } from "citty";
import { command, staged, wholeNumber } from "../command";
import { modelsTable, modelText } from "../format/models";
import { releasesTable, rolledText } from "../format/releases";
import { storedAt } from "../session/stage";
import { imported, importModel } from "./models-import";

const NUMBER = { number: { type: "positional", description: "The model's number", required: true } } as const;

const list = command(
  { name: "list", description: "All models, the champion marked" },
  staged,
  async (args, io) => {
    const registry = await Registry.read(await storedAt(args));
    const text =
      registry.models.length === 0 ? "No models yet: sluice push DIR trains one." : modelsTable(registry, io);
    return { json: registry, text };
  },
);

const show = command(
  { name: "show", description: "One model: scores, lineage, when it was champion" },
  { ...NUMBER, ...staged },
  async (args, io) => {
    const registry = await Registry.read(await storedAt(args));
    const model = showModel(wholeNumber(args.number, "NUMBER"), registry);
    return { json: model, text: modelText(model, registry, io) };
  },
);

const rollback = command(
  {
    name: "rollback",
    description: "Take back what was released last, or make an earlier model the champion again",
  },
  {
    number: {
      type: "positional",
      description: "An earlier champion (else the one before; while a canary is out, the champion stays)",
      required: false,
    },
    reason: { type: "string", description: "Why, for the record", default: "rolled back by hand" },
    ...staged,
  },
  async (args) => {
    const number = args.number === undefined ? undefined : wholeNumber(args.number, "NUMBER");
    const done = await rollBack({ number, reason: args.reason, by: me() }, await storedAt(args));
    return { json: done, text: rolledText(done) };
  },
);

/** A container may have a user without a name. */
function me(): string {
  try {
    return userInfo().username;
  } catch {
    return "somebody";
  }
}

const releases = command(
  { name: "releases", description: "Every release: what, who, why, when" },
  staged,
  async (args, io) => {
    const history = await Release.history(await storedAt(args));
    const text = history.length === 0 ? "Nothing was released yet." : releasesTable(history, io);
    return { json: history, text };
  },
);

export const models = defineCommand({
  meta: { name: "models", description: "The models: list, show, rollback, releases, import, imported" },
  default: "list",
  subCommands: { list, show, rollback, releases, import: importModel, imported },
});
