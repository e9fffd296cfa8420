/** What went wrong, as the API tells it; `retry` says whether the same photo may work later. */
export class Refusal extends Error {
  constructor({ code, message, hint }, retry) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.retry = retry;
  }
}

const SILENT = {
  code: "silent",
  message: "The server does not answer",
  hint: "Check that it runs and that you are connected; your photo is still here.",
};
const GARBLED = { code: "garbled", message: "The server's answer cannot be read", hint: "Try again." };

/** Asks for one photo's window. Throws a Refusal. */
export async function predict(photo, signal) {
  const body = new FormData();
  body.append("image", photo, photo.name || "pasted photo");
  const headers = { Accept: "application/json" };
  const response = await fetch("/predict", { method: "POST", body, headers, signal }).catch((cause) => {
    if (signal.aborted) throw cause;
    throw new Refusal(SILENT, true);
  });
  const answer = await response.json().catch(() => {
    throw new Refusal(GARBLED, true);
  });
  if (response.ok) return answer;
  throw new Refusal(answer.error ?? GARBLED, [429, 500, 502, 503, 504].includes(response.status));
}

/** Which model is ready, or why none is. Never throws. */
export async function readiness() {
  try {
    const response = await fetch("/ready", { cache: "no-store" });
    return await response.json();
  } catch {
    return { ready: false, reason: SILENT.message };
  }
}
