import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import type { Settings } from "@sluice/core/settings/index";
import type * as z from "zod";

type Given = z.input<typeof Settings>;
const fileOf = (home: string) => join(home, "settings.json");

/**
 * What a home's `settings.json` says: the recipe, the gate's bars, whatever differs from the defaults. A home
 * without the file has the defaults.
 *
 * Throws `usage.invalid` for a file that is no JSON object.
 */
export async function readSettings(home: string): Promise<Given> {
  const file = fileOf(home);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw error;
  });
  try {
    const given: unknown = JSON.parse(text);
    if (typeof given === "object" && given !== null && !Array.isArray(given)) return given;
    throw new TypeError("it is no object");
  } catch (cause) {
    const message = `${file} is no JSON object: ${(cause as Error).message}`;
    throw new SluiceError("usage.invalid", message, 'As in {"recipe": {"epochs": 20}}.', { cause });
  }
}

export const writeSettings = (home: string, settings: Given): Promise<void> =>
  writeFile(fileOf(home), `${JSON.stringify(settings, null, 2)}\n`);
