import { maskName, percent } from "./answer.js";
import { createCard, stateOf } from "./card.js";
import { listen, save } from "./files.js";
import { MOST_PHOTOS, Photos } from "./photos.js";
import { readiness } from "./server.js";
import { distinct, zip } from "./zip.js";

const at = (id) => document.getElementById(id);
const ASK_AGAIN_MS = 2_000;
const ASK_READY_MS = 10_000;

const cards = new Map();
const photos = new Photos({ maxBytes: Number(document.body.dataset.maxBytes), changed: update });
const isSettled = ({ state }) => state === "done" || state === "failed";

function take(files, way) {
  if (files.length === 0) {
    if (way === "paste") say("There is no picture to paste.");
    return;
  }
  const left = photos.add(files);
  if (left > 0) say(`There is room for ${MOST_PHOTOS} photos; ${left} are left out.`);
  else say(files.length === 1 ? "Looking for the window…" : `Looking at ${files.length} photos…`);
  const added = photos.list.slice(0, files.length - left).map((photo) => cardOf(photo).element);
  at("photos").prepend(...added);
  showTools();
}

function cardOf(photo) {
  if (!cards.has(photo)) {
    const on = { remove: () => remove(photo), again: () => photos.again(photo) };
    cards.set(photo, createCard(photo, on));
  }
  return cards.get(photo);
}

function update(photo) {
  cardOf(photo).show(photos.answersOf(photo));
  showTools();
  if (photo.state === "waiting") say(`${photo.error.message}. It is tried again by itself.`);
  if (isSettled(photo) && photos.list.every(isSettled)) say(summary());
}

/** The focus goes where a person would look next. */
function remove(photo) {
  const { element } = cardOf(photo);
  const next = element.nextElementSibling ?? element.previousElementSibling;
  drop(photo);
  (next?.querySelector(".title") ?? at("choose")).focus();
  showTools();
}

function drop(photo) {
  photos.remove(photo);
  const { element, close } = cardOf(photo);
  for (const { url } of photo.answers.values()) URL.revokeObjectURL(url);
  element.remove();
  close();
  cards.delete(photo);
}

function showTools() {
  const { list } = photos;
  const settled = list.filter(isSettled).length;
  const failed = list.filter(({ state }) => state === "failed").length;
  document.body.dataset.stage = list.length > 0 ? "photo" : "empty";
  at("photos").hidden = list.length === 0;
  at("tools").hidden = list.length === 0 || (list.length === 1 && at("compare-label").hidden);
  at("count").textContent = `${settled} of ${list.length} done${failed > 0 ? `, ${failed} failed` : ""}`;
  at("bar").max = Math.max(1, list.length);
  at("bar").value = settled;
  at("tools").dataset.many = String(list.length > 1);
  at("save-all").hidden = list.filter(({ answers }) => answers.size > 0).length < 2;
}

function summary() {
  const { list } = photos;
  const count = (sign) => list.filter((photo) => stateOf(photo, photos.answersOf(photo))[0] === sign).length;
  if (list.length > 1) {
    return `${list.length} photos done: window found on ${count("✓")}, none on ${count("–")}, ${count("✕")} failed.`;
  }
  const [photo] = list;
  if (photo.error) return `${photo.error.message}. ${photo.error.hint}`;
  const [answer] = photos.answersOf(photo);
  return answer.box ? `Window found, ${percent(answer.confidence)} sure.` : "No window found.";
}

function say(text) {
  at("announcement").textContent = text;
}

async function saveAll() {
  const masks = photos.list.flatMap((photo) =>
    photos.answersOf(photo).map(({ bytes, model_version: version }) => ({
      name: maskName(photo.name, photos.compares ? version : undefined),
      bytes,
    })),
  );
  const names = distinct(masks.map(({ name }) => name));
  save(zip(masks.map(({ bytes }, i) => ({ name: names[i], bytes }))), "masks.zip");
  say(`${masks.length} masks saved as masks.zip.`);
}

/** Keeps the model's line true, offers the canary while there is one, and sends what waited for a server. */
async function watchModel() {
  const now = await readiness();
  const line = now.ready ? readyLine(now) : `${now.reason}. Asking again by itself…`;
  if (at("model").textContent !== line) at("model").textContent = line;
  at("model").dataset.ready = String(now.ready);
  at("model").title = now.problem ? `${now.problem.message}. ${now.problem.hint}` : "";
  const canary = now.ready && now.champion && now.canary;
  at("compare-label").hidden = !canary;
  at("compare-text").textContent = `Compare with the canary, version ${canary}`;
  if (!canary && photos.compares) {
    at("compare").checked = false;
    photos.compare(false);
  }
  if (now.ready) photos.served({ champion: now.champion ?? now.model, canary: now.canary });
  showTools();
  if (now.ready) photos.resume();
  const isWaitedFor = photos.list.some(({ state }) => state === "waiting");
  setTimeout(watchModel, now.ready && !isWaitedFor ? ASK_READY_MS : ASK_AGAIN_MS);
}

function readyLine({ model, champion = model, canary, weight }) {
  const both = canary ? `; canary ${canary} answers ${percent(weight)}` : "";
  return `Model ${champion ?? model} is ready${both}`;
}

listen([at("choose"), at("camera")], take);
at("compare").addEventListener("change", (event) => photos.compare(event.target.checked));
at("save-all").addEventListener("click", saveAll);
at("clear").addEventListener("click", () => {
  for (const photo of [...photos.list]) drop(photo);
  showTools();
  say("All photos are removed.");
  at("choose").focus();
});
watchModel();
