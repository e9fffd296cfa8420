import {
  Bundle,
  type CommandStatus,
  Dataset,
  type Forge,
  readJson,
  Settings,
  sha256,
  Training,
  type World,
} from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { fakeBundle, fakeReport, fakeResult } from "./fake-artefacts";
import { type FakeServing, fakeServing } from "./fake-serving";

/** What a training on the fake host comes to, attempt by attempt. */
export type Fate = "trains" | "crashes" | "vanishes" | "falls silent";

export interface FakeWorld extends World {
  clock: ReturnType<typeof memoryWorld>["clock"];
  serving: FakeServing;
  /** Attempts to come, oldest first; then every one trains. */
  fates: Fate[];
  /** Mean Dice of the models to come. */
  dices: number[];
  isHostUp(): boolean;
  comments: string[];
  pulls: { title: string; merged: boolean }[];
  trainings: number;
  /** While it is set, trainings go on and on. */
  isTrainingHeld: boolean;
}

/** A world with no processes: commands, host, serving and forge are records, and training takes two looks. */
export function fakeWorld(overrides: Partial<Settings> = {}): FakeWorld {
  const memory = memoryWorld();
  const world: FakeWorld = {
    ...memory,
    settings: { ...Settings.parse({}), ...overrides },
    codeCommit: "abc1234",
    fates: [],
    dices: [],
    comments: [],
    pulls: [],
    trainings: 0,
    isTrainingHeld: false,
    isHostUp: () => false,
    host: { start: async () => {}, status: async () => "stopped", stop: async () => {} },
    commands: { send: async () => {}, status: async () => undefined, cancel: async () => {} },
    serving: fakeServing(memory),
    forge: fakeForge(() => world),
  };
  addHost(world);
  addCommands(world);
  return world;
}

function addHost(world: FakeWorld): void {
  let status: "stopped" | "ready" = "stopped";
  world.isHostUp = () => status === "ready";
  world.host = {
    start: async () => {
      status = "ready";
    },
    status: async () => status,
    stop: async () => {
      status = "stopped";
    },
  };
}

function addCommands(world: FakeWorld): void {
  const sent = new Map<string, { runId: string; fate: Fate; looks: number; cancelled: boolean }>();
  world.commands = {
    async send({ id, line }) {
      if (sent.has(id)) return;
      const runId = line.split(" ").at(-1) ?? "";
      sent.set(id, { runId, fate: world.fates.shift() ?? "trains", looks: 0, cancelled: false });
      world.trainings++;
    },
    async status(id): Promise<CommandStatus | undefined> {
      const command = sent.get(id);
      if (!command) return undefined;
      if (command.cancelled) return { state: "cancelled" };
      if (++command.looks < 2 || world.isTrainingHeld) return { state: "running" };
      if (command.fate === "vanishes") return { state: "lost" };
      if (command.fate === "crashes") return { state: "failed", exitCode: 1, tail: "out of memory" };
      if (command.fate === "falls silent") {
        world.clock.advance(world.settings.firstSignSeconds * 1_000 + 1);
        return { state: "running" };
      }
      await writeArtefacts(command.runId, world);
      return { state: "succeeded", exitCode: 0 };
    },
    async cancel(id) {
      const command = sent.get(id);
      if (command) command.cancelled = true;
    },
  };
}

async function writeArtefacts(runId: string, world: FakeWorld): Promise<void> {
  const keys = Training.keys(runId);
  const job = await readJson(keys.job, Training.Job, world);
  const { datasetVersion: version, champion } = job;
  const ids = (await Dataset.pairs(version, world)).filter((p) => p.split === "test").map((p) => p.id);
  const dice = world.dices.shift() ?? 0.9;
  const put = (key: string, value: unknown) => world.blobs.put(key, JSON.stringify(value));
  const { files, digest } = fakeBundle(job, dice);
  for (const [name, body] of Object.entries(files)) await world.blobs.put(keys.bundle + name, body);
  await put(keys.evaluation, fakeReport(version, digest, ids, dice));
  if (champion !== null) {
    const read = (file: string) => world.blobs.get(Bundle.modelPrefix(champion) + file);
    const score = JSON.parse((await read("model.onnx")).toString()).dice;
    await put(
      keys.championEvaluation,
      fakeReport(version, sha256(await read(Bundle.MODEL_JSON)), ids, score),
    );
  }
  await put(keys.result, fakeResult(job, digest));
}

function fakeForge(world: () => FakeWorld): Forge {
  const keys = new Map<string, number>();
  return {
    async comment({ key, body }) {
      if (!keys.has(key)) keys.set(key, world().comments.push(body));
      return { url: `fake://comments/${key}` };
    },
    async openPullRequest({ branch, title }) {
      const number = keys.get(branch) ?? world().pulls.push({ title, merged: false });
      keys.set(branch, number);
      return { number, url: `fake://pulls/${number}` };
    },
    async autoMerge({ number }) {
      const pull = world().pulls[number - 1];
      if (pull) pull.merged = true;
      return { merged: pull !== undefined };
    },
  };
}
