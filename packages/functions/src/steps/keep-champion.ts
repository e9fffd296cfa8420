import { Registry, Run } from "@sluice/core";
import type { Step } from "../step";

/** The challenger is filed, the champion goes on serving. */
export const keepChampion: Step<void, "documents" | "clock"> = async ({ runId }, world) => {
  const { model, verdict } = await Run.get(runId, world);
  if (model !== null) await Registry.archiveChallenger({ number: model }, world);
  const broken = verdict?.reasons.filter((r) => !r.holds).map((r) => r.message) ?? [];
  await Run.end(runId, "kept", broken.join("; "), world);
};
