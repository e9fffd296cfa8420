import { agreement, answerElement, drawOutlines } from "./answer.js";

const STATES = {
  queued: ["…", "In the queue"],
  asking: ["…", "Looking for the window"],
  waiting: ["…", "Waiting for the server"],
  failed: ["✕", "Failed"],
};
const FOUND = ["✓", "Window found"];
const NOT_FOUND = ["–", "No window found"];
const NOTHING_FOUND = {
  message: "There is no window that the model is sure of",
  hint: "Try a photo that shows the whole dial, sharp and not too dark.",
};

/** What a person reads of a photo's state: a sign and words. */
export function stateOf(photo, answers) {
  if (photo.state !== "done") return STATES[photo.state];
  return answers.some(({ box }) => box) ? FOUND : NOT_FOUND;
}

/**
 * A photo's card: the photo, its windows outlined, each answer or what went wrong.
 *
 * @param on `remove` and `again`, called by its buttons
 * @returns {{element: HTMLElement, show(answers: object[]): Promise<void>, close(): void}}
 */
export function createCard(photo, on) {
  const element = document.getElementById("card").content.firstElementChild.cloneNode(true);
  const at = (selector) => element.querySelector(selector);
  const image = at(".photo");
  const url = URL.createObjectURL(photo.file);
  at(".title").textContent = photo.name;
  at(".title").title = photo.name;
  at(".remove").ariaLabel = `Remove ${photo.name}`;
  at(".remove").addEventListener("click", on.remove);
  at(".again").ariaLabel = `Try ${photo.name} again`;
  at(".again").addEventListener("click", on.again);
  image.alt = photo.name;
  image.addEventListener("error", () => {
    at(".frame").hidden = true; // the server has the last word on what is a photo
  });
  image.src = url;
  let shown = [];

  const show = async (answers) => {
    const [mark, text] = stateOf(photo, answers);
    element.dataset.state = photo.state;
    element.ariaBusy = String(photo.state === "asking");
    at(".mark").textContent = mark;
    at(".state-text").textContent = text;
    showProblem(at, photo, answers);
    if (isSame(shown, answers)) return;
    shown = answers;
    await image.decode().catch(() => undefined);
    if (shown === answers) showAnswers(at, photo, image, answers);
  };
  return { element, show, close: () => URL.revokeObjectURL(url) };
}

const isSame = (a, b) => a.length === b.length && a.every((answer, i) => answer === b[i]);

function showAnswers(at, photo, image, answers) {
  const isCompared = answers.length > 1;
  drawOutlines(at(".outlines"), answers);
  const { name, note } = photo;
  at(".answers").replaceChildren(
    ...answers.map((answer) => answerElement(answer, image, { name, note, isCompared })),
  );
  at(".agreement").hidden = !isCompared;
  at(".agreement").textContent = isCompared ? agreement(answers) : "";
  const found = answers.some(({ box }) => box);
  image.alt = `${photo.name}, ${found ? "the window outlined" : "without a window"}`;
}

function showProblem(at, photo, answers) {
  const isEmpty = photo.state === "done" && answers.every(({ box }) => !box);
  const { error } = photo;
  const problem = error ?? (isEmpty ? NOTHING_FOUND : undefined);
  at(".problem").hidden = !problem;
  if (!problem) return;
  at(".message").textContent = `${problem.message}.`;
  at(".hint").textContent = photo.state === "waiting" ? patience(error) : problem.hint;
  at(".again").hidden = !error || error.remedy === "none" || error.code === "model.not_ready";
}

/** What happens by itself while a photo waits. */
function patience({ code, seconds, hint }) {
  if (seconds) return `It is sent again by itself in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  return code === "model.not_ready" ? "Your photo is sent again as soon as there is one." : hint;
}
