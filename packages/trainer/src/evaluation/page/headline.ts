import type { Evaluation } from "@sluice/core";
import { type Html, html } from "@sluice/core/html";
import type { Facts } from "./facts";
import { change } from "./slice-table";
import { percent, px, score } from "./words";

interface Figure {
  name: string;
  value(report: Evaluation.Report): string;
  /** Against the champion; null where there is nothing to tell. */
  change?(now: Evaluation.Report, before: Evaluation.Report): Html | null;
  meaning(report: Evaluation.Report): string;
}

const FIGURES: Figure[] = [
  {
    name: "Dice",
    value: ({ dice }) => score(dice),
    change: (now, before) => change(now.dice - before.dice),
    meaning: () => "twice what both masks share, over the sum of the two; 1 is perfect",
  },
  {
    name: "IoU",
    value: ({ iou }) => score(iou),
    change: (now, before) => change(now.iou - before.iou),
    meaning: () => "what both masks share, over what either covers; 1 is perfect",
  },
  {
    name: "Edge off by",
    value: ({ boundaryPx }) => px(boundaryPx),
    change: ({ boundaryPx: now }, { boundaryPx: before }) =>
      now === null || before === null ? null : change(now - before, 1, now < before),
    meaning: () => "mean distance between the drawn edge and the true one, in pixels of the photo",
  },
  {
    name: "Confidence off by",
    value: ({ calibration: { error } }) => (error === null ? "–" : percent(error, 1)),
    meaning: () => "how far what it says of itself is from what is so",
  },
  {
    name: "Time for a photo",
    value: ({ latencyMs }) => `${Math.round(latencyMs.p50)} ms`,
    meaning: ({ latencyMs }) =>
      `from the file to the mask, on the machine that trained it; one in twenty takes ${Math.round(latencyMs.p95)} ms or more`,
  },
];

/** What stands out, with the champion's figures beside it. */
export function headline({ report, champion }: Facts): Html {
  const before = champion?.report ?? null;
  const figures = FIGURES.map(
    ({ name, value, change, meaning }) => html`<div><dt>${name}</dt>
<dd><strong>${value(report)}</strong>${before && change ? change(report, before) : null}
${before ? html`<em>champion ${value(before)}</em>` : null}<small>${meaning(report)}</small></dd></div>`,
  );
  return html`<dl class="figures">
${figures}
</dl>`;
}
