import { verify } from "@sluice/core/bundle/index";
import * as Registry from "@sluice/core/registry/index";
import * as Release from "@sluice/core/release/index";
import { defineCommand } from "citty";
import { command, wholeNumber } from "../command";
import { modelsTable, modelText } from "../format/models";
import { homeOf, stored } from "../session/home";

const NUMBER = { number: { type: "positional", description: "The model's number", required: true } } as const;

const list = command(
  { name: "list", description: "All models, the champion marked" },
  {},
  async (args, io) => {
    const registry = await Registry.read(stored(homeOf(args)));
    const text =
      registry.models.length === 0 ? "No models yet: sluice push DIR trains one." : modelsTable(registry, io);
    return { json: registry, text };
  },
);

const show = command(
  { name: "show", description: "One model: scores, lineage, when it was champion" },
  NUMBER,
  async (args, io) => {
    const registry = await Registry.read(stored(homeOf(args)));
    const model = Registry.find(registry, wholeNumber(args.number, "NUMBER"));
    const changes = registry.changes.filter((change) => change.champion === model.number);
    const json = { ...model, isChampion: registry.champion === model.number, changes };
    return { json, text: modelText(model, registry, io) };
  },
);

const rollback = command(
  { name: "rollback", description: "Make an earlier model the champion again" },
  {
    ...NUMBER,
    reason: { type: "string", description: "Why, for the history", default: "rolled back by hand" },
  },
  async (args) => {
    const world = stored(homeOf(args));
    const number = wholeNumber(args.number, "NUMBER");
    const before = (await Registry.read(world)).champion;
    if (before !== number) await verify({ number }, world);
    // The serving process follows the release by itself: neither needs the home's lock.
    const registry = await Registry.rollback({ number, reason: args.reason }, world);
    await Release.full({ model: number, reason: args.reason }, world);
    const text =
      before === number
        ? `Model ${number} is the champion already`
        : `Model ${number} is the champion now${before === null ? "" : `, instead of ${before}`}`;
    return { json: { champion: registry.champion, previous: before }, text };
  },
);

export const models = defineCommand({
  meta: { name: "models", description: "The models: list, show, rollback" },
  default: "list",
  subCommands: { list, show, rollback },
});
