/** Whether the SDK's error is of this name; a clear error has it as its cause. */
export const namedAs = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && (names.includes(error.name) || namedAs(error.cause, ...names));

/** For `catch`: this value where the error is of the name, else the error. */
export const orElse =
  <T>(name: string, value: T) =>
  (error: unknown): T => {
    if (namedAs(error, name)) return value;
    throw error;
  };
