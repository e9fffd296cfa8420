import { Evaluation } from "@sluice/core";
import type { Facts } from "./facts";
import {
  confidenceInShort,
  edgeInShort,
  INTENDED,
  inShort,
  LIMITATIONS,
  percent,
  px,
  SLICES,
  score,
  splitSizes,
  trainingInShort,
} from "./words";

/** The model card (Mitchell et al. 2019), Markdown: what travels with the model. */
export function modelCard(facts: Facts): string {
  const { job, report, champion, counts, trainedAt, course } = facts;
  return `# Model of run \`${job.runId}\`

A segmentation model: a photo in, the mask of its window out. Trained ${trainedAt.slice(0, 10)} by Sluice.

## Intended use

${INTENDED}

## Data

Dataset version \`${job.datasetVersion}\`: ${splitSizes(counts)}. A photo keeps its part for ever, and near-duplicates share one, so the test photos were never learned from. The photos and their licence are their owners’: the model carries none of them.${course ? `\n\n${trainingInShort(course)}` : ""}

## Figures

On ${report.images.length} test photos, at their own size. ${inShort(facts).join(" ")}

| | Dice | IoU | Edge off by | Confidence off by | Time |
| --- | --- | --- | --- | --- | --- |
${summaryRow("this model", report)}${champion?.report ? `\n${summaryRow(`model ${champion.number}, the champion`, champion.report)}` : ""}

${edgeInShort(facts)}

${confidenceInShort(facts).join(" ")}

### By kind of photo

| Photos | How many | Dice | IoU | Edge off by |
| --- | --- | --- | --- | --- |
${Evaluation.Slice.options.map((slice) => sliceRow(slice, report)).join("\n")}

Dice is twice what both masks share over the sum of the two, IoU what they share over what either covers; the edge is off by the mean distance between both boundaries, in px of the photo; the confidence is off by its expected calibration error; the time is the median from the file to the mask on the training machine.

## Limits

${LIMITATIONS.map((limitation) => `- ${limitation}`).join("\n")}

## Where it comes from

- Run: \`${job.runId}\`
- Code: \`${job.codeCommit}\`
- Dataset: \`${job.datasetVersion}\`
- Model: \`${report.bundleDigest}\` (SHA-256 of its \`model.json\`, which names the digests of the rest)

To train it again, check out that commit of the code, copy \`jobs/${job.runId}/job.json\` to a run of another name, naming it in the copy, and train that: \`sluice-trainer train --run <name>\`. The same seed, data, backend and number of threads give the same weights.

<details><summary>Recipe</summary>

\`\`\`json
${JSON.stringify(job.recipe, null, 2)}
\`\`\`

</details>
`;
}

function summaryRow(
  name: string,
  { dice, iou, boundaryPx, calibration, latencyMs }: Evaluation.Report,
): string {
  const off = calibration.error === null ? "–" : percent(calibration.error, 1);
  return `| ${name} | ${score(dice)} | ${score(iou)} | ${px(boundaryPx)} | ${off} | ${Math.round(latencyMs.p50)} ms |`;
}

function sliceRow(slice: Evaluation.Slice, { slices }: Evaluation.Report): string {
  const { title, which } = SLICES[slice];
  const means = slices[slice];
  const figures = means ? [score(means.dice), score(means.iou), px(means.boundaryPx)] : ["–", "–", "–"];
  return `| ${title} (${which}) | ${means?.count ?? 0} | ${figures.join(" | ")} |`;
}
