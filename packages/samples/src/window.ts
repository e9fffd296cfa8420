import type { Chance } from "./chance";
import { digit, type Ink } from "./glyphs";
import type { Scene } from "./scene";

const RED = ["#b3202a", "#c8322f", "#8f1d24"] as const;

function lcd(c: Chance, { window: w }: Scene): string {
  const glass = c.pick(["#a9b49a", "#b7bfa9", "#8f9c8c", "#c3c9bd"] as const);
  const ink: Ink = { colour: c.pick(["#1b211c", "#2c342d"] as const), weight: 1.7, style: "segment" };
  const height = w.height * c.between(0.58, 0.74);
  const count = c.whole(5, 8);
  const step = Math.min(height * 0.82, (w.width * 0.92) / count);
  const left = w.x + w.width / 2 - step * count - w.width * 0.03;
  const digits = c.many(count, (i) =>
    digit(c.whole(0, 9), left + i * step, w.y - height / 2, Math.min(height, step * 1.5), ink),
  );
  return `${plate(w.x, w.y, w.width, w.height, glass)}${digits.join("")}`;
}

const plate = (x: number, y: number, width: number, height: number, fill: string) =>
  `<rect x="${(x - width / 2).toFixed(2)}" y="${(y - height / 2).toFixed(2)}" width="${width.toFixed(2)}" height="${height.toFixed(2)}" fill="${fill}"/>`;

/** Number wheels side by side, the last ones red; some stand between two digits. */
function wheels(c: Chance, { window: w, dial }: Scene): string {
  const isDark = dial === "wheels_dark";
  const count = c.whole(5, 8);
  const decimals = c.whole(0, 3);
  const step = w.width / count;
  const red = c.pick(RED);
  const paper = isDark
    ? c.pick(["#1a1a1c", "#26262a"] as const)
    : c.pick(["#e9e6dc", "#f3f2ee", "#d3d2cc"] as const);
  const gap = isDark ? "#55555a" : c.pick(["#6d6a66", "#2b2b2d"] as const);
  const hasRedWheels = c.yes(0.5);
  const size = Math.min(w.height * c.between(0.66, 0.86), step * 1.35);
  const wheel = (i: number) => {
    const isDecimal = i >= count - decimals;
    const fill = isDecimal && hasRedWheels ? red : paper;
    const plain = isDark ? "#f0efe9" : "#1d1d20";
    const colour = isDecimal ? (hasRedWheels ? "#f6f1ea" : red) : plain;
    const ink: Ink = { colour, weight: c.between(1.5, 2.3), style: "stroke" };
    const x = w.x - w.width / 2 + (i + 0.5) * step;
    const shift = c.yes(0.25) ? c.between(-0.28, 0.28) * w.height : c.between(-0.03, 0.03) * w.height;
    const left = x - (size * 10) / 32;
    const value = c.whole(0, 9);
    const next = shift < 0 ? (value + 1) % 10 : (value + 9) % 10;
    const far = shift < 0 ? shift + w.height : shift - w.height;
    return `${plate(x, w.y, step * 0.86, w.height, fill)}${digit(value, left, w.y - size / 2 + shift, size, ink)}${
      Math.abs(shift) > w.height * 0.12 ? digit(next, left, w.y - size / 2 + far, size, ink) : ""
    }`;
  };
  return plate(w.x, w.y, w.width, w.height, gap) + c.many(count, wheel).join("");
}

/** The reading window with its digits, clipped to itself and shaded as something that lies deeper. */
export function readingWindow(c: Chance, scene: Scene): string {
  const { window: w, dial } = scene;
  const box = `x="${(w.x - w.width / 2).toFixed(2)}" y="${(w.y - w.height / 2).toFixed(2)}" width="${w.width.toFixed(2)}" height="${w.height.toFixed(2)}"`;
  const frame = c.yes(0.7)
    ? `<rect ${box} fill="none" stroke="${c.pick(["#222", "#555", "#999"] as const)}" stroke-width="${c.between(0.8, 3).toFixed(1)}"/>`
    : "";
  return `<defs><clipPath id="pane"><rect ${box}/></clipPath><linearGradient id="deep" x2="0" y2="1"><stop offset="0" stop-color="#000" stop-opacity=".5"/><stop offset=".3" stop-color="#000" stop-opacity="0"/><stop offset=".75" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".35"/></linearGradient></defs>
    ${frame}<g clip-path="url(#pane)">${dial === "lcd" ? lcd(c, scene) : wheels(c, scene)}<rect ${box} fill="url(#deep)"/></g>`;
}
