import { readAnswer } from "./answer.js";
import { asJpeg } from "./picture.js";
import { predict, Refusal } from "./server.js";

const ROLES = ["champion", "canary"];
const AT_ONCE = 2;
const MOST_TRIES = 8;
/** Photos kept on the page: each is a decoded picture at times. */
export const MOST_PHOTOS = 200;
/** What a photo that can't be sent as it is becomes, px. */
const SENT_PIXELS = 12_000_000;

const UNFORESEEN = {
  code: "unforeseen",
  message: "This page could not show the answer",
  hint: "Load the page again, and try another photo.",
};

/**
 * The photos of the page and what became of each: `queued`, `asking`, `waiting` (for the server), `done` or `failed`.
 * A few are asked about at once; one that fails leaves the others alone.
 */
export class Photos {
  list = [];
  /** Asks both models about each photo. */
  compares = false;
  /** Which model has which role, as the server last said. */
  #versions = {};
  #running = 0;
  #pausedUntil = 0;
  #maxBytes;
  #changed;

  /** @param changed called with each photo whose state is another */
  constructor({ maxBytes, changed }) {
    this.#maxBytes = maxBytes;
    this.#changed = changed;
  }

  /** Takes files, before those that are there. Returns how many there was no room for. */
  add(files) {
    const taken = files.slice(0, MOST_PHOTOS - this.list.length);
    const photos = taken.map((file, i) => ({
      file,
      name: file.name || `pasted photo ${i + 1}`,
      sent: file,
      note: "",
      answers: new Map(),
      tries: 0,
      stop: new AbortController(),
    }));
    this.list.unshift(...photos);
    for (const photo of photos) this.#set(photo, "queued");
    this.#pump();
    return files.length - taken.length;
  }

  remove(photo) {
    photo.stop.abort();
    this.list = this.list.filter((other) => other !== photo);
  }

  again(photo) {
    photo.tries = 0;
    this.#set(photo, "queued");
    this.#pump();
  }

  /** Whether both models are asked; photos that have only one's answer are asked about again. */
  compare(isWanted) {
    this.compares = isWanted;
    for (const photo of this.list) {
      const isSettled = photo.state === "done" || (photo.state === "failed" && photo.answers.size > 0);
      if (isSettled) this.#set(photo, this.#missing(photo).length > 0 ? "queued" : "done");
    }
    this.#pump();
  }

  /** The models that answer now: a comparison is of these, so a photo that others answered is asked about again. */
  served(versions) {
    const isChanged = ROLES.some((role) => versions[role] !== this.#versions[role]);
    this.#versions = versions;
    if (isChanged && this.compares) this.compare(true);
  }

  /** Sends what waits for the server, unless that asked for a pause. */
  resume() {
    if (Date.now() < this.#pausedUntil) return;
    for (const photo of this.list) if (photo.state === "waiting") this.#set(photo, "queued");
    this.#pump();
  }

  /** The answers to show. */
  answersOf({ answers }) {
    if (!this.compares) return [...answers.values()].slice(0, 1);
    return ROLES.filter((role) => this.#isCurrent(answers, role)).map((role) => answers.get(role));
  }

  #missing({ answers }) {
    if (this.compares) return ROLES.filter((role) => !this.#isCurrent(answers, role));
    return answers.size > 0 ? [] : [undefined];
  }

  #isCurrent(answers, role) {
    return answers.has(role) && answers.get(role).model_version === this.#versions[role];
  }

  #pump() {
    if (Date.now() < this.#pausedUntil) return;
    while (this.#running < AT_ONCE) {
      const photo = this.list.find(({ state }) => state === "queued");
      if (!photo) return;
      this.#running++;
      this.#answer(photo).finally(() => {
        this.#running--;
        this.#pump();
      });
    }
  }

  async #answer(photo) {
    this.#set(photo, "asking");
    try {
      for (const role of this.#missing(photo)) {
        this.#take(photo, await readAnswer(await this.#ask(photo, role), role));
      }
      this.#set(photo, this.#missing(photo).length > 0 ? "queued" : "done");
    } catch (error) {
      if (!photo.stop.signal.aborted) this.#fail(photo, error);
    }
  }

  #take({ answers }, answer) {
    const role = answer.role ?? "champion";
    if (answers.has(role)) URL.revokeObjectURL(answers.get(role).url);
    answers.set(role, answer);
    this.served({ ...this.#versions, [role]: answer.model_version });
  }

  async #ask(photo, role) {
    if (photo.sent.size > this.#maxBytes && !(await this.#send(photo, "made smaller by your browser"))) {
      const message = `${photo.name} has more than ${this.#maxBytes / 1e6} MB`;
      throw new Refusal({ code: "serving.body_too_large", message, hint: "Send a smaller photo." });
    }
    try {
      return await predict(photo.sent, role, photo.stop.signal);
    } catch (error) {
      const notes = {
        "photo.unsupported": "sent as JPEG",
        "photo.too_large": "made smaller by your browser",
      };
      const note = notes[error.code];
      if (!note || photo.note || !(await this.#send(photo, note))) throw error;
      return predict(photo.sent, role, photo.stop.signal);
    }
  }

  /** Sends the photo as the browser sees it; false where it can't read it either. */
  async #send(photo, note) {
    const jpeg = await asJpeg(photo.file, SENT_PIXELS);
    if (!jpeg) return false;
    Object.assign(photo, { sent: jpeg, note });
    return true;
  }

  #fail(photo, error) {
    const isKnown = error instanceof Refusal;
    if (!isKnown) console.error(error);
    photo.error = isKnown ? error : { ...UNFORESEEN, remedy: "again" };
    if (photo.error.code !== "model.not_ready") photo.tries++;
    const waits = photo.error.remedy === "wait" && photo.tries < MOST_TRIES;
    if (waits && photo.error.seconds) this.#pause(photo.error.seconds);
    this.#set(photo, waits ? "waiting" : "failed");
  }

  /** The server is busy: nothing is sent for so long. */
  #pause(seconds) {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + seconds * 1000);
    setTimeout(() => this.resume(), this.#pausedUntil - Date.now() + 20);
  }

  #set(photo, state) {
    photo.state = state;
    if (state !== "waiting" && state !== "failed") photo.error = undefined;
    if (this.list.includes(photo)) this.#changed(photo);
  }
}
