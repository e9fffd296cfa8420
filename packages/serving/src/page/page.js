import { clearWindow, drawCrop, drawWindow } from "./picture.js";
import { predict, Refusal, readiness } from "./server.js";

const at = (id) => document.getElementById(id);
const maxBytes = Number(document.body.dataset.maxBytes);
const ASK_AGAIN_MS = 2_000;
const ASK_READY_MS = 10_000;

const UNFORESEEN = {
  message: "This page could not show the answer",
  hint: "Load the page again, and try another photo.",
};

let photo = null;
let waiting = false;
let underWay = new AbortController();
let maskUrl = "";

/** Shows a photo, then asks for its window; a newer photo takes over from an older one. */
async function take(file) {
  if (!file) return;
  underWay.abort();
  underWay = new AbortController();
  const { signal } = underWay;
  photo = file;
  waiting = false;
  say("Looking for the window…");
  hideError();
  at("answer").hidden = true;
  at("result").ariaBusy = "true";
  try {
    const isShown = await preview(file);
    if (!signal.aborted) await ask(file, isShown, signal);
  } catch (error) {
    if (!signal.aborted) refuse(error);
  } finally {
    if (!signal.aborted) at("result").ariaBusy = "false";
  }
}

async function ask(file, isShown, signal) {
  if (file.size > maxBytes) {
    const limit = `${maxBytes / 1e6} MB`;
    throw new Refusal(
      { message: `${file.name} has more than ${limit}`, hint: "Send a smaller photo." },
      false,
    );
  }
  const answer = await predict(file, signal);
  const mask = await toMask(answer.mask);
  if (signal.aborted) return;
  if (isShown) drawWindow(at("overlay"), mask);
  showFacts(answer, isShown);
}

/** Says whether the browser can show the file at all: the server has the last word on what is a photo. */
async function preview(file) {
  const img = at("photo");
  URL.revokeObjectURL(img.src);
  clearWindow(at("overlay"));
  img.src = URL.createObjectURL(file);
  const isShown = await img.decode().then(
    () => true,
    () => false,
  );
  at("photo-name").textContent = file.name;
  at("result").hidden = !isShown;
  document.body.dataset.stage = isShown ? "photo" : "empty";
  return isShown;
}

async function toMask(base64) {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  URL.revokeObjectURL(maskUrl);
  maskUrl = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  const mask = new Image();
  mask.src = maskUrl;
  await mask.decode();
  return mask;
}

function showFacts(answer, isShown) {
  const { box, confidence, width, height, area_px: areaPx, timings_ms: ms, model_version: model } = answer;
  const percent = `${Math.round(confidence * 100)} %`;
  at("crop-figure").hidden = !box || !isShown;
  if (box && isShown) drawCrop(at("crop"), at("photo"), box);
  at("confidence").textContent = box ? percent : "none";
  at("confidence-bar").value = confidence;
  const share = ((100 * areaPx) / (width * height)).toFixed(1);
  at("window").textContent = box ? `${box.width} × ${box.height} px, ${share} % of the photo` : "none found";
  at("size").textContent = `${width} × ${height} px, upright`;
  at("version").textContent = `version ${model}`;
  at("time").textContent = `${Math.round(ms.total)} ms in all, ${Math.round(ms.inference)} ms in the model`;
  at("mask").href = maskUrl;
  at("mask").download = `${(photo.name || "photo").replace(/\.\w+$/, "")}-mask.png`;
  at("answer").hidden = false;
  say(
    box
      ? `Window found, ${percent} sure.`
      : "No window found. Try a photo that shows the whole dial, sharp and not too dark.",
  );
}

function refuse(error) {
  const known = error instanceof Refusal ? error : UNFORESEEN;
  waiting = known.code === "model.not_ready";
  say("");
  at("error-message").textContent = `${known.message}.`;
  at("error-hint").textContent = waiting ? "Your photo is sent again as soon as there is one." : known.hint;
  at("again").hidden = waiting || !known.retry;
  at("error").classList.toggle("waiting", waiting);
  at("error").hidden = false;
  if (known === UNFORESEEN) console.error(error);
}

function hideError() {
  at("error").hidden = true;
}

function say(text) {
  at("status").textContent = text;
}

/** Keeps the model's line true, and sends a photo again that came before any model was ready. */
async function watchModel() {
  const { ready, model, reason, problem } = await readiness();
  const line = ready ? `Model ${model} is ready` : `${reason}. Asking again by itself…`;
  if (at("model").textContent !== line) at("model").textContent = line;
  at("model").dataset.ready = String(ready);
  at("model").title = problem ? `${problem.message}. ${problem.hint}` : "";
  if (ready && waiting) take(photo);
  setTimeout(watchModel, ready ? ASK_READY_MS : ASK_AGAIN_MS);
}

for (const id of ["choose", "camera"]) {
  at(id).addEventListener("change", (event) => {
    take(event.target.files[0]);
    event.target.value = ""; // so that the same photo can be chosen again
  });
}
at("again").addEventListener("click", () => take(photo));
document.addEventListener("paste", (event) => take(event.clipboardData?.files[0]));

const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dragging");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  document.body.classList.remove("dragging");
  if (!hasFiles(event)) return;
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});

watchModel();
