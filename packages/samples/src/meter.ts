import type { Chance } from "./chance";
import { type Ink, number, smallPrint } from "./glyphs";
import type { Scene } from "./scene";
import { readingWindow } from "./window";

const ring = (radius: number, fill: string, more = "") =>
  `<circle r="${radius.toFixed(1)}" fill="${fill}" ${more}/>`;

const RIMS = {
  round: ["#c9c9cb", "#77787c", "#2f4f8f", "#b22f2a", "#1f1f22", "#e4e2dc", "#4a6fae"],
  brass: ["#a57f38", "#8c6a2c", "#b8934a", "#7d6437"],
} as const;
const FACES = ["#ecebe7", "#dfdedb", "#f4f2ea", "#cfd4d6", "#e6d9b8", "#d8e4ea"] as const;
const PRINTS = ["#26282c", "#3b3f46", "#8b2b2b", "#2c4a7c"] as const;

/** The small dial of the last decimals: ticks around, a red needle. */
function subDial(c: Chance, x: number, y: number, radius: number): string {
  const turns = c.many(10, (i) => `rotate(${i * 36})`);
  const ticks = turns.map((t) => `<path d="M0 -${radius.toFixed(1)}v3" transform="${t}"/>`).join("");
  const disc = c.yes(0.3) ? `<circle r="${(radius * 0.8).toFixed(1)}" fill="#1c1c1e"/>` : "";
  const needle = `<path d="M-2.2 3L0 -${(radius * 0.7).toFixed(1)}L2.2 3Z" fill="#c4262b" transform="rotate(${c.between(0, 360).toFixed(0)})"/><circle r="3.2" fill="#c4262b"/>`;
  return `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)})">${disc}<g stroke="#333" stroke-width=".9">${ticks}</g>${needle}</g>`;
}

/** The star that turns while water flows. */
function star(c: Chance, x: number, y: number): string {
  const teeth = c.whole(5, 9);
  const fill = c.pick(["#1e1e20", "#2b2b2e", "#9b2226", "#1d3a6e"] as const);
  const spokes = c.many(
    teeth,
    (i) => `<path d="M-2 0L0 -9.5L2 0Z" transform="rotate(${((360 / teeth) * i).toFixed(0)})"/>`,
  );
  return `<g transform="translate(${x.toFixed(1)} ${y.toFixed(1)}) rotate(${c.between(0, 60).toFixed(0)})" fill="${fill}"><circle r="4"/>${spokes.join("")}</g>`;
}

function barcode(c: Chance, x: number, y: number, width: number, height: number): string {
  const bars = c.many(Math.floor(width / 1.8), (i) =>
    c.yes(0.55) ? `M${(x + i * 1.8).toFixed(1)} ${y.toFixed(1)}v${height.toFixed(1)}` : "",
  );
  return `<path d="${bars.join("")}" stroke="#2a2a2c" stroke-width="1.1"/>`;
}

/** What is printed on the face beside the window: a name, a serial number (no reading!), stripes, dials. */
function face(c: Chance, { window }: Scene): string {
  const print = c.pick(PRINTS);
  const away = window.y < 0 ? 1 : -1;
  const serial: Ink = { colour: print, weight: c.between(1.4, 2.2), style: "stroke" };
  const far = (d: number) => window.y + away * (window.height / 2 + d);
  const near = window.y - away * (window.height / 2 + 17);
  const parts = [
    smallPrint(c, -24, near + 4, 48, c.between(5, 9), c.pick(PRINTS)),
    c.yes(0.6) ? number(c, c.between(-20, 20), far(64), c.between(6, 10), c.whole(6, 9), serial) : "",
    ...c.many(c.whole(2, 4), (i) =>
      smallPrint(c, -66, far(20 + i * 11), c.between(25, 48), c.between(4, 6.5), print),
    ),
    c.yes(0.7) ? star(c, c.between(-8, 8), far(c.between(28, 36))) : "",
    c.yes(0.8) ? subDial(c, c.between(28, 48), far(c.between(34, 52)), c.between(13, 22)) : "",
    c.yes(0.3) ? barcode(c, -40, far(50), c.between(40, 75), c.between(7, 12)) : "",
  ];
  if (c.yes(0.3)) {
    const band = c.pick(["#c8323a", "#2d5fa6", "#d98b2b"] as const);
    parts.unshift(
      `<path d="M-85 ${far(58).toFixed(0)}L85 ${far(30).toFixed(0)}" stroke="${band}" stroke-width="${c.between(4, 14).toFixed(0)}" opacity=".85"/>`,
    );
  }
  return parts.join("");
}

function roundMeter(c: Chance, scene: Scene): string {
  const isBrass = scene.casing === "brass";
  const rim = isBrass ? c.pick(RIMS.brass) : c.pick(RIMS.round);
  const shade = `<defs><linearGradient id="rim" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".55"/><stop offset=".5" stop-color="#000" stop-opacity=".05"/><stop offset="1" stop-color="#000" stop-opacity=".6"/></linearGradient></defs>`;
  const outer = c.between(104, 122);
  const nuts = isBrass
    ? `<path d="M-64 -${(outer + 14).toFixed(0)}h128l64 ${(outer + 14).toFixed(0)}l-64 ${(outer + 14).toFixed(0)}h-128l-64 -${(outer + 14).toFixed(0)}z" fill="${rim}"/>`
    : "";
  return `${shade}${nuts}${ring(outer, rim)}${ring(outer, "url(#rim)")}${ring(96, "#55565a")}${ring(93, c.pick(FACES))}${face(c, scene)}`;
}

function squareMeter(c: Chance, scene: Scene): string {
  const body = c.pick(["#d9dadb", "#3a3d42", "#eceae4", "#5b6b7d", "#a8adb0"] as const);
  const print = body.startsWith("#3") || body.startsWith("#5") ? "#e8e8e8" : "#33363b";
  const half = c.between(92, 108);
  const tall = half * c.between(0.9, 1.25);
  const lines = c.many(c.whole(2, 4), (i) =>
    smallPrint(c, -70, 40 + i * 13, c.between(40, 110), c.between(4, 7), print),
  );
  const knob = ring(c.between(6, 10), c.pick(["#b3262a", "#2b66b0", "#2f8f4e", "#222"] as const));
  return `<rect x="${-half}" y="${-tall}" width="${2 * half}" height="${2 * tall}" rx="${c.between(4, 26).toFixed(0)}" fill="${body}" stroke="#222" stroke-opacity=".35" stroke-width="3"/>
    <rect x="${(-scene.window.width / 2 - 9).toFixed(1)}" y="${(scene.window.y - scene.window.height / 2 - 8).toFixed(1)}" width="${(scene.window.width + 18).toFixed(1)}" height="${(scene.window.height + 16).toFixed(1)}" rx="4" fill="#2a2c30" opacity="${c.pick([0.15, 0.9])}"/>
    ${lines.join("")}${c.yes(0.5) ? barcode(c, -60, 82, 80, 12) : ""}<g transform="translate(${c.between(40, 70).toFixed(0)} ${c.between(30, 70).toFixed(0)})">${knob}</g>
    ${smallPrint(c, -50, -tall + 16, 60, 9, c.pick(PRINTS))}`;
}

/** The pipe that the meter sits in, with its nuts. */
function plumbing(c: Chance): string {
  const metal = c.pick(["#8f6f35", "#9a9a9d", "#5d4f3a", "#c7c3ba", "#6f7a83"] as const);
  const thick = c.between(34, 62);
  const nut = thick * c.between(1.15, 1.5);
  const shade = `<defs><linearGradient id="tube"><stop offset="0" stop-color="#000" stop-opacity=".6"/><stop offset=".4" stop-color="#fff" stop-opacity=".35"/><stop offset="1" stop-color="#000" stop-opacity=".65"/></linearGradient></defs>`;
  const bar = (w: number, y: number, h: number) => {
    const box = `x="${(-w / 2).toFixed(0)}" y="${y}" width="${w.toFixed(0)}" height="${h}"`;
    return `<rect ${box} fill="${metal}"/><rect ${box} fill="url(#tube)"/>`;
  };
  return `${shade}<g transform="rotate(${c.pick([0, 90])})">${bar(thick, -700, 1400)}${bar(nut, -150, 300)}</g>`;
}

/** The meter as SVG in picture pixels: its shadow, pipe, casing, face and reading window. */
export function meter(c: Chance, scene: Scene): string {
  const body = scene.casing === "square" ? squareMeter(c, scene) : roundMeter(c, scene);
  const [dx, dy] = [c.between(-14, 14), c.between(4, 18)];
  const shadow = `<ellipse cx="${dx.toFixed(0)}" cy="${dy.toFixed(0)}" rx="124" ry="124" fill="#000" opacity="${c.between(0.2, 0.5).toFixed(2)}"/>`;
  const pipe = c.yes(0.75) ? plumbing(c) : "";
  const place = scene.affine.map((n) => n.toFixed(4)).join(" ");
  return `<g transform="matrix(${place})">${pipe}${shadow}${body}${readingWindow(c, scene)}</g>`;
}
