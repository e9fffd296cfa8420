import * as z from "zod";
import { sha256 } from "../digest";
import { isSluiceError, SluiceError } from "../errors";
import { ModelNumber } from "../ids";
import { readJson } from "../json-blob";
import type { Blobs, Documents } from "../ports";
import * as Registry from "../registry";
import { verb } from "../verb";
import { Bundle, MODEL_JSON, modelPrefix } from "./schema";

/**
 * Reads a registered model's bundle whole: `model.json` is the one registered, and every file the one it names.
 *
 * Throws `model.not_found`, `model.corrupt` naming the model and the file.
 */
export const verify = verb(
  z.object({ number: ModelNumber }),
  async ({ number }, world: { blobs: Blobs; documents: Documents }): Promise<Bundle> => {
    const { bundleDigest } = Registry.find(await Registry.read(world), number);
    const key = modelPrefix(number) + MODEL_JSON;
    if ((await digestOf(number, key, world)) !== bundleDigest) {
      throw corrupt(number, `${key} is not the one that was registered`);
    }
    const bundle = await readJson(key, Bundle, world).catch((cause: Error) => {
      throw corrupt(number, cause.message, cause);
    });
    for (const named of [...bundle.stages, ...bundle.weights]) {
      const file = modelPrefix(number) + named.file;
      if ((await digestOf(number, file, world)) !== named.sha256) {
        throw corrupt(number, `${file} is not the file that ${MODEL_JSON} names`);
      }
    }
    return bundle;
  },
);

const digestOf = (number: number, key: string, { blobs }: { blobs: Blobs }) =>
  blobs.get(key).then(sha256, (cause: unknown) => {
    if (isSluiceError(cause) && cause.code === "blob.missing")
      throw corrupt(number, `${key} is missing`, cause);
    throw cause;
  });

const corrupt = (number: number, message: string, cause?: Error) =>
  new SluiceError(
    "model.corrupt",
    `Model ${number} is damaged: ${message}`,
    "Put the file back from a backup, or choose another model: sluice models.",
    { cause },
  );
