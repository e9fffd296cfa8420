import { drawCrop, outline, overlap } from "./picture.js";

/**
 * The API's answer made ready to show: its mask as a picture with an address, and the window's outline.
 *
 * @param {string} role of the model, where the answer does not say it
 */
export async function readAnswer(answer, role) {
  const bytes = Uint8Array.from(atob(answer.mask), (char) => char.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  const mask = new Image();
  mask.src = url;
  await mask.decode();
  const { box, width, height } = answer;
  const size = { width, height };
  const drawn = box ? outline(mask, box, size) : { path: "", rectangle: null };
  return { ...answer, ...drawn, role: answer.model_role ?? role, bytes, url, mask, size };
}

const SVG = "http://www.w3.org/2000/svg";

/** Draws each answer's window over the photo: first a dark edge, on it the line of the model's role. */
export function drawOutlines(svg, answers) {
  const [first] = answers;
  svg.replaceChildren();
  if (!first) return;
  const { width, height } = first.size;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const draw = (className, path) => {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", className);
    line.setAttribute("d", path);
    svg.append(line);
  };
  if (answers.length === 1 && first.path) draw("shade", `M0 0H${width}V${height}H0Z${first.path}`);
  for (const { path } of answers) draw("edge", path);
  for (const { path, role } of answers) draw(`line ${role ?? ""}`, path);
}

/** One model's answer as a section: the window cut out, and the facts. */
export function answerElement(answer, photo, { name, isCompared, note }) {
  const section = document.getElementById("answer").content.firstElementChild.cloneNode(true);
  const at = (selector) => section.querySelector(selector);
  const { box, role, confidence, size, timings_ms: ms, model_version: version } = answer;
  at("h3").hidden = !isCompared;
  at(".by").textContent = `${titled(role)}, version ${version}`;
  at(".sample path").setAttribute("class", `line ${role ?? ""}`);
  at(".percent").textContent = box ? percent(confidence) : "none";
  at("meter").value = box ? confidence : 0;
  at(".window").textContent = box ? windowOf(answer) : "none found";
  at(".size").textContent = `${size.width} × ${size.height} px, ${note || "upright"}`;
  at(".model-name").textContent = `version ${version}${role ? `, ${role}` : ""}`;
  at(".time").textContent = `${Math.round(ms.total)} ms in all, ${Math.round(ms.inference)} ms in the model`;
  at(".save").href = answer.url;
  at(".save").download = maskName(name, isCompared ? version : undefined);
  at(".save").append(unseen(` of ${name}${isCompared ? ` by the ${role}` : ""}`));
  at(".crop").hidden = !box || !photo.naturalWidth;
  if (!at(".crop").hidden) showCrop(section, answer, photo, name);
  return section;
}

function showCrop(section, { rectangle, size }, photo, name) {
  const canvas = section.querySelector("canvas");
  const degrees = Math.round((rectangle.angle * 180) / Math.PI);
  let angle = rectangle.angle;
  const draw = () => drawCrop(canvas, photo, size, { ...rectangle, angle });
  canvas.ariaLabel = `The window of ${name}, cut out`;
  section.querySelector("figcaption").hidden = degrees === 0;
  section.querySelector(".turned").textContent = `Turned level by ${Math.abs(degrees)}°`;
  // Which way is up can't be told from a window's shape: half a turn more is for a person to choose.
  section.querySelector(".turn").hidden = Math.abs(degrees) < 45;
  section.querySelector(".turn").addEventListener("click", () => {
    angle += Math.PI;
    draw();
  });
  draw();
}

/** A sentence on how far two models agree. */
export function agreement([champion, canary]) {
  const found = [champion, canary].filter(({ box }) => box).length;
  if (found === 0) return "Both find no window.";
  if (found === 1) return `Only the ${champion.box ? "champion" : "canary"} finds a window.`;
  const share = overlap(champion.mask, canary.mask, champion.size);
  return `Their windows overlap by ${percent(share, 1)} (intersection over union).`;
}

export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}\u00a0%`;

/** `meter.jpg` → `meter-mask.png`, or `meter-mask-v3.png`. */
export const maskName = (name, version) =>
  `${name.replace(/\.\w+$/, "")}-mask${version === undefined ? "" : `-v${version}`}.png`;

const windowOf = ({ box, size, area_px: areaPx }) =>
  `${box.width} × ${box.height} px, ${percent(areaPx / (size.width * size.height), 1)} of the photo`;

const titled = (role = "model") => role[0].toUpperCase() + role.slice(1);

function unseen(text) {
  const span = document.createElement("span");
  span.className = "unseen";
  span.textContent = text;
  return span;
}
