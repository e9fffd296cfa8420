import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Box } from "@sluice/core/box";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import { maskPng } from "@sluice/core/photo/index";
import { type Predictor, renderOverlay } from "@sluice/serving/predictor/index";
import type { Task } from "./plan";

export interface Done {
  photo: string;
  mask: string;
  overlay: string;
  box: Box | null;
  areaPx: number;
  confidence: number;
}
export interface Failed {
  photo: string;
  code: string;
  message: string;
  hint: string;
}

/** Predicts every photo; one that cannot be read does not keep the others from it. */
export async function predictAll(
  tasks: readonly Task[],
  predictor: Predictor,
  onPhoto: (done: number, total: number) => void = () => {},
): Promise<{ done: Done[]; failed: Failed[] }> {
  const done: Done[] = [];
  const failed: Failed[] = [];
  for (const [i, task] of tasks.entries()) {
    try {
      done.push(await predictOne(task, predictor));
    } catch (error) {
      if (!isSluiceError(error) || !isAboutThePhoto(error.code)) throw error;
      failed.push({ photo: task.photo, code: error.code, message: error.message, hint: error.hint });
    }
    onPhoto(i + 1, tasks.length);
  }
  return { done, failed };
}

const isAboutThePhoto = (code: string) => code.startsWith("photo.") || code.startsWith("input.");

async function predictOne({ photo, mask, overlay }: Task, predictor: Predictor): Promise<Done> {
  const bytes = await readFile(photo).catch((cause: Error) => {
    throw new SluiceError("input.unreadable", `${photo} cannot be read`, "Check its permissions.", { cause });
  });
  const { mask: pixels, width, height, box, areaPx, confidence } = await predictor.predict(bytes, photo);
  await writeWhole(mask, await maskPng(pixels, width, height));
  await writeWhole(overlay, await renderOverlay(bytes, pixels, photo));
  return { photo, mask, overlay, box, areaPx, confidence };
}

/** Nobody sees half a file. Throws `input.unreadable` where the folder cannot be written. */
async function writeWhole(path: string, body: Buffer): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(part, body);
    await rename(part, path);
  } catch (cause) {
    const { message } = cause as Error;
    throw new SluiceError(
      "usage.invalid",
      `${path} cannot be written: ${message}`,
      "Choose another: -o OUT.",
      {
        cause,
      },
    );
  }
}
