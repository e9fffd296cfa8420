import { isSluiceError, SluiceError } from "@sluice/core";

/** An error on its way between threads, which would lose its class. */
export interface Failure {
  code?: SluiceError["code"];
  message: string;
  hint: string;
  stack?: string;
}

export function toFailure(error: unknown): Failure {
  if (isSluiceError(error)) return { code: error.code, message: error.message, hint: error.hint };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, hint: "", stack };
}

export function toError({ code, message, hint, stack }: Failure): Error {
  if (code) return new SluiceError(code, message, hint);
  return Object.assign(new Error(message), { stack });
}
