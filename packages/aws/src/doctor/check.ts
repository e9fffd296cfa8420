import { isSluiceError } from "@sluice/core/errors";

/** One line of a diagnosis; `fallback`: it works, with something worth knowing. */
export interface Check {
  name: string;
  state: "ok" | "fallback" | "missing";
  detail: string;
  fix?: string;
}

export const ok = (name: string, detail: string): Check => ({ name, state: "ok", detail });
export const odd = (name: string, detail: string, fix: string): Check => ({
  name,
  state: "fallback",
  detail,
  fix,
});
export const missing = (name: string, detail: string, fix: string): Check => ({
  name,
  state: "missing",
  detail,
  fix,
});

/** What a question of AWS came to; one that fails is an answer, too. `fix` is for errors that bring no remedy. */
export async function ask(
  name: string,
  fix: string,
  question: () => Promise<Check | Check[]>,
): Promise<Check[]> {
  try {
    return [await question()].flat();
  } catch (error) {
    if (isSluiceError(error)) return [missing(name, error.message, error.hint || fix)];
    return [missing(name, (error as Error).message, fix)];
  }
}
