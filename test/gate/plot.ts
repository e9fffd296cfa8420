import { type Line, points } from "./tables";

const [LEFT, TOP, WIDTH, HEIGHT] = [70, 30, 520, 320];
const STYLE = `
text{font-family:ui-sans-serif,system-ui,sans-serif;font-size:13px;fill:#1f2933}.bg{fill:#fff}
.grid{stroke:#d9e0e6}.goal{stroke:#7b8794;stroke-dasharray:5 4}polyline{fill:none;stroke-width:2.2}
.s0{stroke:#b9770e}.s1{stroke:#c0392b}.s2{stroke:#7d3c98}.s3{stroke:#1f6fb2}.s4{stroke:#12805c}.s5{stroke:#44515e}
@media (prefers-color-scheme:dark){text{fill:#e4e7eb}.bg{fill:#0d1117}.grid{stroke:#26303b}.goal{stroke:#9aa5b1}
.s0{stroke:#f0b64c}.s1{stroke:#ff8a7a}.s2{stroke:#c99bea}.s3{stroke:#6cb6ff}.s4{stroke:#4fcf9f}.s5{stroke:#cbd5df}}
`;

/** The promotion rate against the true improvement, a line for each size of the test split, as SVG. */
export function plot(lines: readonly Line[]): string {
  const [first, last] = [lines[0].improvement, lines[lines.length - 1].improvement];
  const x = (improvement: number) => LEFT + (WIDTH * (improvement - first)) / (last - first);
  const y = (share: number) => TOP + HEIGHT * (1 - share);
  const sizes = lines[0].cells.map((cell) => cell.photos);
  const curves = sizes.map((_, i) => {
    const at = lines.map(({ improvement, cells }) => {
      return `${x(improvement).toFixed(1)},${y(cells[i].promoted / cells[i].trials).toFixed(1)}`;
    });
    return `<polyline class="s${i}" points="${at.join(" ")}"/>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 420" role="img" aria-label="How often a model is promoted, by its true improvement and the size of the test split"><style>${STYLE}</style>`,
    `<rect class="bg" width="740" height="420"/>`,
    ...[0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => across(y(share), `${Math.round(100 * share)} %`, "grid")),
    across(y(0.1), "10 %", "goal"),
    across(y(0.8), "", "goal"),
    ...lines.map(({ improvement }) => text(x(improvement), TOP + HEIGHT + 20, points(improvement), "middle")),
    text(LEFT + WIDTH / 2, TOP + HEIGHT + 45, "truly better by, in Dice points", "middle"),
    text(LEFT - 50, TOP - 12, "promoted", "start"),
    ...curves,
    ...sizes.map((photos, i) => legend(i, photos)).reverse(),
    "</svg>\n",
  ].join("\n");
}

const text = (x: number, y: number, label: string, anchor: "start" | "middle" | "end") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${label}</text>`;

const across = (y: number, label: string, kind: "grid" | "goal") =>
  `<path class="${kind}" d="M${LEFT} ${y.toFixed(1)}h${WIDTH}"/>${text(LEFT - 8, y + 4, label, "end")}`;

function legend(i: number, photos: number): string {
  const y = TOP + 160 - 24 * i;
  const stroke = `<polyline class="s${i}" points="${LEFT + WIDTH + 16},${y} ${LEFT + WIDTH + 44},${y}"/>`;
  return stroke + text(LEFT + WIDTH + 52, y + 4, `${photos} photos`, "start");
}
