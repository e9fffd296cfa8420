import type { Evaluation } from "@sluice/core";
import { type Html, html } from "@sluice/core/html";

const [WIDTH, HEIGHT] = [640, 244];
const PLOT = { left: 40, right: WIDTH - 20, top: 14, bottom: HEIGHT - 56 };
/** To a tenth of a px, as no eye sees more. */
const at = (value: number) => Math.round(10 * value) / 10;

export interface Bin {
  /** What is in it, as "0.90 to 0.92". */
  name: string;
  count: number;
  /** The champion's, where there is one. */
  before: number | null;
  /** Under its left edge; null for none. */
  tick: string | null;
}

/** Counts as bars, the champion's as a line over them. @param axis what is counted by. @param end written under the right edge */
export function histogram(bins: readonly Bin[], axis: string, label: string, end = ""): Html {
  const most = Math.max(1, ...bins.map((bin) => Math.max(bin.count, bin.before ?? 0)));
  const top = 2 * Math.ceil(most / 2);
  const step = (PLOT.right - PLOT.left) / bins.length;
  const y = (count: number) => at(PLOT.bottom - (count / top) * (PLOT.bottom - PLOT.top));
  const x = (i: number) => at(PLOT.left + i * step);
  const bars = bins.map(
    (bin, i) =>
      html`<rect class="bar" x="${x(i) + 1}" y="${y(bin.count)}" width="${at(step - 2)}" height="${at(PLOT.bottom - y(bin.count))}" rx="2"><title>${title(bin)}</title></rect>`,
  );
  const outline = bins.map((bin, i) => `L${x(i)} ${y(bin.before ?? 0)}H${x(i + 1)}`).join("");
  const hasBefore = bins.some(({ before }) => before !== null);
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${[0, top / 2, top].map((count) => countLine(count, y(count)))}
${bars}
${hasBefore ? html`<path class="before" d="M${x(0)} ${PLOT.bottom}${outline}V${PLOT.bottom}"/>` : null}
${bins.flatMap(({ tick }, i) => (tick === null ? [] : [html`<text x="${x(i)}" y="${PLOT.bottom + 20}" text-anchor="middle">${tick}</text>`]))}
<text x="${PLOT.right}" y="${PLOT.bottom + 20}" text-anchor="middle">${end}</text>
<text x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${axis}</text>
</svg>`;
}

const title = ({ name, count, before }: Bin) =>
  `${name}: ${count} photos${before === null ? "" : `, with the champion ${before}`}`;

const countLine = (count: number, y: number) =>
  html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y}" y2="${y}"/><text x="${PLOT.left - 6}" y="${y + 4}" text-anchor="end">${count}</text>`;

const SIDE = 320;
const SQUARE = { left: 64, right: SIDE - 18, top: 12, bottom: SIDE - 52 };

/** Confidence against precision, a dot per group of photos; on the diagonal they are equal. */
export function reliability({ groups }: Evaluation.Calibration): Html {
  const lowest = Math.min(1, ...groups.flatMap(({ confidence, precision }) => [confidence, precision]));
  const from = Math.min(0.9, Math.floor(10 * lowest) / 10);
  const x = (share: number) => at(SQUARE.left + ((share - from) / (1 - from)) * (SQUARE.right - SQUARE.left));
  const y = (share: number) =>
    at(SQUARE.bottom - ((share - from) / (1 - from)) * (SQUARE.bottom - SQUARE.top));
  const ticks = [from, (from + 1) / 2, 1];
  const dots = groups.map(
    ({ count, confidence, precision }) =>
      html`<line class="gap" x1="${x(confidence)}" x2="${x(confidence)}" y1="${y(confidence)}" y2="${y(precision)}"/>
<circle class="dot" cx="${x(confidence)}" cy="${y(precision)}" r="6"><title>${`${count} photos: ${whole(confidence)} sure, ${whole(precision)} true`}</title></circle>`,
  );
  return html`<svg class="square" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="How sure it is, against how much of it is true">
${ticks.map((t) => html`<line class="grid" x1="${SQUARE.left}" x2="${SQUARE.right}" y1="${y(t)}" y2="${y(t)}"/><text x="${SQUARE.left - 6}" y="${y(t) + 4}" text-anchor="end">${whole(t)}</text><text x="${x(t)}" y="${SQUARE.bottom + 16}" text-anchor="middle">${whole(t)}</text>`)}
<line class="equal" x1="${x(from)}" y1="${y(from)}" x2="${x(1)}" y2="${y(1)}"/>
${dots}
<text x="${(SQUARE.left + SQUARE.right) / 2}" y="${SIDE - 10}" text-anchor="middle">how sure it is</text>
<text transform="translate(14 ${(SQUARE.top + SQUARE.bottom) / 2}) rotate(-90)" text-anchor="middle">how much of it is true</text>
</svg>`;
}
const whole = (share: number) => `${Math.round(100 * share)} %`;
