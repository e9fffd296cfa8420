import type { Rolled } from "@sluice/control/models/rollback";
import type * as Release from "@sluice/core/release/index";
import type { Io } from "../io";
import { table } from "./table";
import { moment } from "./values";

export function releasesTable(releases: Release.Info[], io: Pick<Io, "colours">): string {
  const rows = releases.map(({ number, at, champion, canary, weight, by, reason }) => [
    String(number),
    moment(at),
    champion === null ? "none" : String(champion),
    canary === null ? "" : `${canary} (${Math.round(weight * 100)} %)`,
    by,
    reason,
  ]);
  return table(["release", "at", "champion", "canary", "by", "why"], rows, io);
}

/** What a rollback came to. */
export function rolledText({ champion, previous, canary }: Rolled): string {
  const withdrawn = canary === null ? "" : `; the canary, model ${canary}, was taken back`;
  if (previous === champion && canary !== null) return `Model ${champion} stays the champion${withdrawn}`;
  if (previous === champion) return `Model ${champion} is the champion already`;
  const instead = previous === null ? "" : `, instead of ${previous}`;
  return `Model ${champion} is the champion now${instead}${withdrawn}`;
}
