const PATIENCE_MS = 60_000;

/**
 * What went wrong, as the API tells it.
 *
 * `remedy`: `wait` where the same photo works by itself later (after `seconds`, or once a model is ready), `again`
 * where a person may try it again, else `none`.
 */
export class Refusal extends Error {
  constructor({ code, message, hint }, remedy = "none", seconds = undefined) {
    super(message);
    Object.assign(this, { code, hint, remedy, seconds });
  }
}

export const SILENT = {
  code: "silent",
  message: "The server does not answer",
  hint: "Your photo is kept here, and sent again as soon as it does.",
};
const GARBLED = { code: "garbled", message: "The server's answer cannot be read", hint: "Try it again." };

/**
 * Asks for one photo's window.
 *
 * @param {string | undefined} role which model is to answer; by default the server chooses
 * Throws a Refusal.
 */
export async function predict(photo, role, signal) {
  await assertReadable(photo);
  const body = new FormData();
  body.append("image", photo, photo.name || "pasted photo");
  const headers = { Accept: "application/json", ...(role && { "Sluice-Role": role }) };
  const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
  const response = await fetch("/predict", { method: "POST", body, headers, signal: until }).catch(
    (cause) => {
      if (signal.aborted) throw cause;
      throw new Refusal(SILENT, "wait");
    },
  );
  const answer = await response.json().catch(() => undefined);
  if (response.ok && answer) return answer;
  throw refusal(response, answer?.error);
}

function refusal(response, error = GARBLED) {
  const { status } = response;
  if (status === 413 && error === GARBLED) return new Refusal(TOO_LARGE_ON_THE_WAY); // a proxy's page, not ours
  if (status === 429) return new Refusal(error, "wait", secondsOf(response));
  if (error.code === "model.not_ready") return new Refusal(error, "wait");
  return new Refusal(error, status >= 500 || error === GARBLED ? "again" : "none");
}

const TOO_LARGE_ON_THE_WAY = {
  code: "serving.body_too_large",
  message: "The photo is too large for a server on the way",
  hint: "Send a smaller photo.",
};

/** `Retry-After` is seconds or a date (RFC 9110, 10.2.3); at least one second, at most a minute. */
function secondsOf(response) {
  const header = response.headers.get("Retry-After") ?? "1";
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Math.min(60, Math.max(1, Math.ceil(seconds) || 1));
}

/** A folder, or a file that has gone since, fails as if the server were away: told apart here. */
async function assertReadable(photo) {
  await photo
    .slice(0, 1)
    .arrayBuffer()
    .catch(() => {
      throw new Refusal({
        code: "unreadable",
        message: `${photo.name} cannot be read`,
        hint: "It may have been moved or removed since: choose it again.",
      });
    });
}

/** Which models are ready, or why none is. Never throws. */
export async function readiness() {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch("/ready", { cache: "no-store", signal });
    return await response.json();
  } catch {
    return { ready: false, reason: SILENT.message };
  }
}
