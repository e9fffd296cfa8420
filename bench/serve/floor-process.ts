// A program: one process of the floor. It is told its task, says when it is warm, and is told for how long to work.
import { once } from "node:events";
import { collectSeldom } from "@sluice/serving/server/collector";
import type { FloorReport, FloorTask } from "./floor";
import { decodeAndAsk, loadFolder, record } from "./recorded";

const WARM_UP_PASSES = 2;

collectSeldom(); // as the service does

const [task] = (await once(process, "message")) as [FloorTask];
const predictor = await loadFolder(task.model, task.threads);
const photos = await Promise.all(task.photos.map((photo) => record(predictor, photo)));
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

async function work(i: number): Promise<void> {
  const recorded = photos[i % photos.length];
  if (task.kind === "networks") return decodeAndAsk(recorded, recorded.photo);
  await predictor.predictPng(recorded.photo, "a photo");
}
