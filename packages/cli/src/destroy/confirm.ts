import { createInterface } from "node:readline/promises";
import { SluiceError } from "@sluice/core/errors";

interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: NodeJS.WritableStream;
}

/**
 * Returns once the stage's name was given: as an option, or typed by a person. Throws `usage.invalid` for another name
 * and where nobody can be asked.
 */
export async function confirmation(
  stage: string,
  given: string | undefined,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<void> {
  const name = given ?? (input.isTTY ? await typed({ input, output }) : undefined);
  if (name === stage) return;
  const fault =
    name === undefined
      ? "There is no terminal to confirm at"
      : `${JSON.stringify(name)} is not the stage's name`;
  throw new SluiceError("usage.invalid", `${fault}; nothing was removed`, `Confirm it: --confirm ${stage}.`);
}

async function typed({ input, output }: Terminal): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    return (await Promise.race([lines.question("Type the stage's name to remove it: "), ended])).trim();
  } finally {
    lines.close();
  }
}
