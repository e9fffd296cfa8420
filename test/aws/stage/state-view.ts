import { type StateRow, seconds } from "./machine";

const WIDTH = 900;
const ROW = 26;
const X = { name: 16, took: 300, times: 350, bar: 372 };
const BAR = WIDTH - X.bar - 16;

const STYLE = `text{font:13px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:#1f2933}
.bg{fill:#fff}.h{font-weight:600}.q{fill:#52606d}.l{stroke:#d9e2ec}.ok{fill:#2f8f5b}.wait{fill:#9fb3c8}
@media (prefers-color-scheme:dark){text{fill:#e4e7eb}.bg{fill:#0d1117}.q{fill:#9aa5b1}.l{stroke:#323f4b}.ok{fill:#3fb27f}
.wait{fill:#52606d}}`;

/** The states of a run as Step Functions' console lists them, with how long each took and when: an SVG. */
export function stateView(rows: readonly StateRow[]): string {
  const ends = rows.flatMap(({ visits }) => visits.map(({ atMs, tookMs }) => atMs + (tookMs ?? 0)));
  const totalMs = Math.max(1, ...ends);
  const px = (ms: number) => (ms / totalMs) * BAR;
  const height = (rows.length + 1) * ROW + 12;

  const line = ({ state, visits, tookMs, isInner }: StateRow, index: number) => {
    const y = (index + 1) * ROW + 22;
    const bars = visits.map((visit) => {
      const width = Math.max(2, px(visit.tookMs ?? 0));
      const x = Math.min(X.bar + px(visit.atMs), WIDTH - 16 - width);
      const kind = state.startsWith("Wait") ? "wait" : "ok";
      return `<rect class="${kind}" x="${x.toFixed(1)}" y="${y - 11}" width="${width.toFixed(1)}" height="12" rx="2"/>`;
    });
    return [
      `<line class="l" x1="8" x2="${WIDTH - 8}" y1="${y - 18}" y2="${y - 18}"/>`,
      `<text x="${X.name + (isInner ? 18 : 0)}" y="${y}">${state}</text>`,
      `<text class="q" x="${X.took}" y="${y}" text-anchor="end">${seconds(tookMs)}</text>`,
      visits.length > 1
        ? `<text class="q" x="${X.times}" y="${y}" text-anchor="end">× ${visits.length}</text>`
        : "",
      ...bars,
    ].join("");
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="The states of a run and their times"><style>
${STYLE}</style><rect class="bg" width="${WIDTH}" height="${height}"/>
<text class="h" x="${X.name}" y="22">State</text><text class="h" x="${X.took}" y="22" text-anchor="end">Duration</text>
<text class="h" x="${X.bar}" y="22">Timeline, ${seconds(totalMs)} in all</text>
${rows.map(line).join("\n")}
</svg>
`;
}
