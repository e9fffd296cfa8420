import { rollback as rollBack } from "@sluice/control/models/rollback";
import { show as showModel } from "@sluice/control/models/show";
import * as Registry from "@sluice/core/registry/index";
import { defineCommand } from "citty";
import { command, staged, wholeNumber } from "../command";
import { modelsTable, modelText } from "../format/models";
import { storedAt } from "../session/stage";

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
  { name: "rollback", description: "Make an earlier model the champion again" },
  {
    ...NUMBER,
    reason: { type: "string", description: "Why, for the history", default: "rolled back by hand" },
    ...staged,
  },
  async (args) => {
    const number = wholeNumber(args.number, "NUMBER");
    const done = await rollBack({ number, reason: args.reason }, await storedAt(args));
    const { previous } = done;
    const text =
      previous === number
        ? `Model ${number} is the champion already`
        : `Model ${number} is the champion now${previous === null ? "" : `, instead of ${previous}`}`;
    return { json: done, text };
  },
);

export const models = defineCommand({
  meta: { name: "models", description: "The models: list, show, rollback" },
  default: "list",
  subCommands: { list, show, rollback },
});
