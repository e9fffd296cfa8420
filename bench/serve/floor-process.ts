// A program: one process of the floor. It is told its task, says when it is warm, and is told for how long to work.
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import { Bundle, Photo } from "@sluice/core";
import { loadPredictor, look, type Network, type Networks } from "@sluice/serving/predictor/index";
import { encodeMask } from "@sluice/serving/predictor/mask-png";
import type { FloorReport, FloorTask } from "./floor";

const WARM_UP_PASSES = 2;

const [task] = (await once(process, "message")) as [FloorTask];
const files: Record<string, Buffer> = {};
for (const file of await fs.readdir(task.model)) files[file] = await fs.readFile(path.join(task.model, file));
const bundle = Bundle.Bundle.parse(JSON.parse(files[Bundle.MODEL_JSON].toString("utf8")));
const { networks, predict } = await loadPredictor({ bundle, files, threads: task.threads });

const photos = await Promise.all(task.photos.map(recorded));
for (let i = 0; i < WARM_UP_PASSES * photos.length; i++) await work(i);
process.send?.("ready" satisfies FloorReport);
let next = task.first;
process.on("message", async (seconds: number) => process.send?.(await workFor(seconds)));
process.on("disconnect", () => process.exit());

async function workFor(seconds: number): Promise<FloorReport> {
  const cpu = process.cpuUsage();
  const ends = performance.now() + 1_000 * seconds;
  let done = 0;
  for (; performance.now() < ends; done++) await work(next++);
  const { user, system } = process.cpuUsage(cpu);
  return { photos: done, cpuMs: (user + system) / 1_000 };
}

/** A photo, and what each network is asked on the way to its mask, in turn. */
async function recorded(photo: Uint8Array): Promise<{ photo: Uint8Array; asked: [Network, Uint8Array][] }> {
  const asked: [Network, Uint8Array][] = [];
  const [first, refiner] = networks.map(
    (network): Network =>
      (pixels) => {
        asked.push([network, pixels]);
        return network(pixels);
      },
  );
  const recording: Networks = [first, refiner];
  await look(await Photo.view(photo, "a photo"), bundle, recording);
  return { photo, asked };
}

async function work(i: number): Promise<void> {
  const { photo, asked } = photos[i % photos.length];
  if (task.kind === "predictor") {
    const { mask, ...size } = await predict(photo, "a photo");
    encodeMask(mask, size);
    return;
  }
  await Photo.view(photo, "a photo");
  for (const [network, pixels] of asked) await network(pixels);
}
