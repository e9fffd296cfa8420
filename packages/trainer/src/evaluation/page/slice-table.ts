import { Evaluation } from "@sluice/core";
import { type Html, html } from "@sluice/core/html";
import type { Facts } from "./facts";
import { px, SLICES, score, signed } from "./words";

/** How well it does on each kind of photo, the champion's mark on every bar. */
export function sliceTable({ report, champion }: Facts): Html {
  const before = champion?.report ?? null;
  const all = { ...report, count: report.images.length };
  const rows = Evaluation.Slice.options.map((slice) => {
    const { title, which } = SLICES[slice];
    return row(title, which, report.slices[slice], before?.slices[slice]);
  });
  return html`<div class="wide"><table>
<thead><tr><th>Photos</th><th class="number">How many</th><th class="bars">Dice</th><th class="number">IoU</th><th class="number">Edge off by</th></tr></thead>
<tbody>
${row("All", "the whole test split", all, before ?? undefined)}
${rows}
</tbody>
</table></div>`;
}

type Scores = Pick<Evaluation.Means, "dice" | "iou" | "boundaryPx">;

function row(title: string, which: string, now: Evaluation.Means | undefined, before?: Scores): Html {
  const name = html`<th scope="row">${title}<small>${which}</small></th>`;
  if (!now)
    return html`<tr class="none">${name}<td class="number">0</td><td colspan="3">none in this test split</td></tr>`;
  return html`<tr>${name}<td class="number" data-of="photos">${now.count}</td>
<td class="bars"><div class="bar"><i style="width:${share(now.dice)}"></i>${before ? html`<b style="left:${share(before.dice)}"></b>` : null}</div>
<span>${score(now.dice)}${before ? change(now.dice - before.dice) : null}</span></td>
<td class="number" data-of="IoU">${score(now.iou)}</td><td class="number" data-of="edge">${px(now.boundaryPx)}</td></tr>`;
}

const share = (value: number) => `${(100 * value).toFixed(1)}%`;

/** A difference to the champion. @param digits of it that are shown */
export function change(difference: number, digits = 3, isBetter = difference > 0): Html {
  const text = signed(difference, digits);
  if (Number(difference.toFixed(digits)) === 0) return html` <small>as before</small>`;
  return html` <small class="${isBetter ? "better" : "worse"}">${text}</small>`;
}
