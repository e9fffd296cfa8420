import type { Chance } from "./chance";
import type { Scene } from "./scene";

type Colour = readonly [hue: number, saturation: number, light: number];
const css = ([h, s, l]: Colour, by = 0) =>
  `hsl(${h.toFixed(0)},${s.toFixed(0)}%,${Math.max(2, Math.min(97, l + by)).toFixed(0)}%)`;

function wash(c: Chance, colour: Colour, { width, height }: Scene): string {
  const turn = c.whole(0, 3) * 90 + c.between(-30, 30);
  return `<defs><linearGradient id="wash" gradientTransform="rotate(${turn.toFixed(0)} .5 .5)">
    <stop offset="0" stop-color="${css(colour, c.between(-14, 0))}"/>
    <stop offset="${c.between(0.3, 0.7).toFixed(2)}" stop-color="${css(colour)}"/>
    <stop offset="1" stop-color="${css(colour, c.between(-4, 14))}"/></linearGradient></defs>
    <rect width="${width}" height="${height}" fill="url(#wash)"/>`;
}

const blot = (c: Chance, { width, height }: Scene, colour: string, largest: number) =>
  `<ellipse cx="${c.between(0, width).toFixed(0)}" cy="${c.between(0, height).toFixed(0)}" rx="${c.between(2, largest).toFixed(1)}" ry="${c.between(2, largest).toFixed(1)}" fill="${colour}" opacity="${c.between(0.15, 0.7).toFixed(2)}"/>`;

function soil(c: Chance, scene: Scene): string {
  const colour: Colour = [c.between(15, 45), c.between(18, 45), c.between(14, 36)];
  const stones = c.many(c.whole(30, 70), () => blot(c, scene, css(colour, c.between(-14, 22)), 26));
  return wash(c, colour, scene) + stones.join("");
}

function concrete(c: Chance, scene: Scene): string {
  const colour: Colour = [c.between(20, 220), c.between(0, 16), c.between(25, 68)];
  const stains = c.many(c.whole(4, 12), () => blot(c, scene, css(colour, c.between(-18, 14)), 90));
  const from = `${c.between(0, scene.width).toFixed(0)} 0`;
  const crack = c
    .many(7, () => `l${c.between(-50, 50).toFixed(0)} ${(scene.height / 6).toFixed(0)}`)
    .join("");
  const line = `<path d="M${from}${crack}" fill="none" stroke="${css(colour, -20)}" stroke-width="${c.between(1, 3).toFixed(1)}" opacity=".6"/>`;
  return wash(c, colour, scene) + stains.join("") + (c.yes(0.5) ? line : "");
}

/** A cylinder across the whole picture, lit along its length. */
function pipe(c: Chance, { width, height }: Scene, index: number): string {
  const colour: Colour = [c.pick([30, 40, 0, 210, 215, 120]), c.between(2, 45), c.between(25, 62)];
  const thick = c.between(24, 120);
  const isVertical = c.yes(0.6);
  const at = c.between(0, isVertical ? width : height).toFixed(0);
  const shade = `<linearGradient id="pipe${index}" x2="0" y2="1"><stop offset="0" stop-color="${css(colour, -22)}"/><stop offset=".35" stop-color="${css(colour, 22)}"/><stop offset="1" stop-color="${css(colour, -26)}"/></linearGradient>`;
  const turn = (isVertical ? 90 : 0) + c.between(-12, 12);
  return `<defs>${shade}</defs><rect x="-900" y="${(-thick / 2).toFixed(0)}" width="1800" height="${thick.toFixed(0)}" fill="url(#pipe${index})" transform="translate(${isVertical ? at : width / 2} ${isVertical ? height / 2 : at}) rotate(${turn.toFixed(1)})"/>`;
}

function pipes(c: Chance, scene: Scene): string {
  const wall: Colour = [c.between(0, 360), c.between(0, 22), c.between(8, 45)];
  return wash(c, wall, scene) + c.many(c.whole(2, 5), (i) => pipe(c, scene, i)).join("");
}

function tiles(c: Chance, scene: Scene): string {
  const colour: Colour = [c.between(20, 230), c.between(5, 45), c.between(35, 80)];
  const [w, h] = [c.between(50, 140), c.between(50, 140)];
  const joint = css(colour, c.pick([-25, 18]));
  const pattern = `<defs><pattern id="tile" width="${w.toFixed(0)}" height="${h.toFixed(0)}" patternUnits="userSpaceOnUse" patternTransform="rotate(${c.between(-25, 25).toFixed(1)}) translate(${c.between(0, w).toFixed(0)} ${c.between(0, h).toFixed(0)})"><path d="M0 0H${w.toFixed(0)}M0 0V${h.toFixed(0)}" stroke="${joint}" stroke-width="${c.between(3, 8).toFixed(1)}"/></pattern></defs>`;
  return `${wash(c, colour, scene)}${pattern}<rect width="100%" height="100%" fill="url(#tile)"/>`;
}

/** Looking into a dark cupboard past its bright frame. */
function cupboard(c: Chance, scene: Scene): string {
  const { width, height } = scene;
  const frame: Colour = [c.between(15, 50), c.between(5, 50), c.between(45, 85)];
  const edge = (span: number) => (c.yes(0.6) ? c.between(0.04, 0.2) * span : -10);
  const [left, top, right, bottom] = [edge(width), edge(height), edge(width), edge(height)];
  const inside = css([c.between(0, 360), c.between(5, 25), c.between(5, 22)]);
  return `${wash(c, frame, scene)}<rect x="${left.toFixed(0)}" y="${top.toFixed(0)}" width="${(width - left - right).toFixed(0)}" height="${(height - top - bottom).toFixed(0)}" rx="9" fill="${inside}"/>${c.many(c.whole(0, 2), (i) => pipe(c, scene, i)).join("")}`;
}

const KINDS = { concrete, soil, pipes, tiles, cupboard };

/** What is behind the meter, as SVG. */
export const background = (c: Chance, scene: Scene): string => KINDS[scene.background](c, scene);
