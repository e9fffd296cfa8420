import type { Run } from "@sluice/core";
import type * as Evaluation from "@sluice/core/evaluation/report";

export interface Proposal {
  run: Run.Info;
  model: number;
  challenger: Evaluation.Report | undefined;
  champion: Evaluation.Report | undefined;
  /** Paths in the branch. */
  card: string | null;
  pictures: string[];
}

const score = (value: number | null | undefined) => value?.toFixed(4) ?? "–";
const px = (value: number | null | undefined) => (value == null ? "–" : `${value.toFixed(1)} px`);
const ms = (value: number | undefined) => (value === undefined ? "–" : `${Math.round(value)} ms`);
const change = (after: number | undefined, before: number | undefined) => {
  if (after === undefined || before === undefined) return "–";
  return `${after < before ? "−" : "+"}${Math.abs(after - before).toFixed(4)}`;
};

/** What a person reads before agreeing: the metrics side by side, the verdict with every reason, the pictures. */
export function describe(proposal: Proposal): string {
  const { run, model, card, pictures } = proposal;
  const against =
    run.judgedAgainst === null
      ? "There was no champion: it is judged by the floors alone."
      : `It is judged against model ${run.judgedAgainst}, on the same test photos.`;
  return [
    `Run \`${run.id}\` trained model ${model} on dataset \`${run.datasetVersion?.slice(0, 12)}\`. ${against}`,
    "",
    ...table(proposal),
    "",
    `## Verdict: ${run.verdict?.decision ?? "none"}`,
    "",
    ...(run.verdict?.reasons ?? []).map((r) => `- ${r.holds ? "✅" : "❌"} **${r.rule}**: ${r.message}`),
    "",
    ...(card ? [`More of it in its [model card](${card}).`, ""] : []),
    ...(pictures.length > 0
      ? ["## Pictures", "", ...pictures.map((path) => `![${titleOf(path)}](${path})`), ""]
      : []),
  ].join("\n");
}

function table({ run, model, challenger, champion }: Proposal): string[] {
  const before = run.judgedAgainst === null ? "no champion" : `Champion (model ${run.judgedAgainst})`;
  const row = (name: string, after: number | undefined, old: number | undefined) =>
    `| ${name} | ${score(after)} | ${score(old)} | ${change(after, old)} |`;
  const slices = Object.entries(challenger?.slices ?? {}).map(([name, slice]) => {
    const old = champion?.slices[name as Evaluation.Slice];
    return row(`Dice, ${name.replace("_", " ")} (${slice.count} of them)`, slice.dice, old?.dice);
  });
  return [
    `| Test split${challenger ? ` (${challenger.images.length} photos)` : ""} | Model ${model} | ${before} | Change |`,
    "| --- | --- | --- | --- |",
    row("Dice", challenger?.dice ?? run.dice ?? undefined, champion?.dice),
    row("IoU", challenger?.iou ?? run.iou ?? undefined, champion?.iou),
    ...slices,
    `| Edge off by | ${px(challenger?.boundaryPx)} | ${px(champion?.boundaryPx)} | |`,
    `| Latency, 95th percentile | ${ms(challenger?.latencyMs.p95)} | ${ms(champion?.latencyMs.p95)} | |`,
  ];
}

/** `models/7/worst-1-meter_17.jpg` → `worst-1-meter_17` */
const titleOf = (path: string) =>
  path
    .split("/")
    .at(-1)
    ?.replace(/\.\w+$/, "") ?? path;
