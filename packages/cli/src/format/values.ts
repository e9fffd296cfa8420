/** `4.2 s`, `3 min 07 s`, `2 h 05 min`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
}

/** `0:42`, `12:05`: what a clock that runs down shows. */
export const countdown = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export const score = (value: number | null | undefined): string =>
  value === null || value === undefined ? "–" : value.toFixed(4);

export const moment = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

/** Enough of a dataset version to tell it from others. */
export const shortVersion = (version: string | null): string => version?.slice(0, 12) ?? "–";

/** With a full stop where it has no end of its own. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
