import type * as Registry from "@sluice/core/registry/index";
import type { Io } from "../io";
import { table } from "./table";
import { moment, score, shortVersion } from "./values";

const mark = (model: Registry.Model, { champion, challenger }: Registry.Info) =>
  model.number === champion ? "champion" : model.number === challenger ? "challenger" : "";

export function modelsTable(registry: Registry.Info, io: Pick<Io, "colours">): string {
  const rows = registry.models.map((model) => [
    String(model.number),
    io.colours.green(mark(model, registry)),
    model.stage,
    score(model.dice),
    score(model.iou),
    shortVersion(model.datasetVersion),
    model.runId,
    moment(model.createdAt),
  ]);
  return table(["model", "", "stage", "Dice", "IoU", "dataset", "run", "trained"], rows, io);
}

export function modelText(
  model: Registry.Model,
  registry: Registry.Info,
  { colours }: Pick<Io, "colours">,
): string {
  const crowned = registry.changes.filter((change) => change.champion === model.number);
  const facts = [
    ["Model", `${model.number} ${colours.green(mark(model, registry))}`.trim()],
    ["Stage", model.stage],
    ["Scores", `Dice ${score(model.dice)}, IoU ${score(model.iou)} (test split of its own dataset version)`],
    ["Dataset", model.datasetVersion],
    ["Run", model.runId],
    ["Code", model.codeCommit],
    ["Bundle", model.bundleDigest],
    ["Trained", moment(model.createdAt)],
    ...crowned.map(({ at, reason, previous }) => [
      "Promoted",
      `${moment(at)} after ${previous === null ? "none" : `model ${previous}`}: ${reason}`,
    ]),
  ];
  return facts.map(([name = "", value]) => `${colours.dim(name.padEnd(10))}${value}`).join("\n");
}
