import type { Commit } from "@sluice/core/dataset/history";
import type { Io } from "../io";
import { table } from "./table";
import { moment, shortVersion } from "./values";

const splits = ({ splits: { train, validation, test } }: Commit) => `${train}/${validation}/${test}`;

export function commitsTable(commits: readonly Commit[], io: Pick<Io, "colours">): string {
  const rows = commits.map((commit) => [
    shortVersion(commit.version),
    shortVersion(commit.parent),
    commit.batch,
    String(commit.pairs),
    splits(commit),
    `+${commit.added}`,
    String(commit.relabelled),
    moment(commit.createdAt),
  ]);
  const head = [
    "version",
    "parent",
    "batch",
    "pairs",
    "train/validation/test",
    "added",
    "relabelled",
    "committed",
  ];
  return table(head, rows, io);
}

export function commitText(commit: Commit, { colours }: Pick<Io, "colours">): string {
  const facts = [
    ["Version", commit.version],
    ["Parent", commit.parent ?? "none"],
    ["Batch", `${commit.batch} (run ${commit.runId})`],
    ["Pairs", `${commit.pairs}, of them ${splits(commit)} for training, validation and test`],
    [
      "Changed",
      `${commit.added} added, ${commit.relabelled} with another mask, ${commit.rephotographed} with another photo, ${commit.unchanged} unchanged`,
    ],
    ["Committed", moment(commit.createdAt)],
  ];
  return facts.map(([name = "", value]) => `${colours.dim(name.padEnd(11))}${value}`).join("\n");
}
