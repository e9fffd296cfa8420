import os from "node:os";
import { parseArgs } from "node:util";
import { median, spread } from "../statistics";
import { drive, type Load, shareWithWindow } from "./drive";
import { floorOf } from "./floor";
import { trainedModel } from "./model";
import { somePhotos } from "./photos";
import { type Service, startOurs, startPeer } from "./services";
import { soak } from "./soak";

const USAGE = `npm run bench:serve -- [--data DIR] [--model DIR] [--rounds N] [--seconds S] [--endpoint sync|async]
npm run bench:serve -- --soak MINUTES [--data DIR] [--model DIR]

Starts FastAPI + PyTorch with one U-Net at 512 px (the reference's recipe) and sluice-serve with the default recipe's
two networks, and sends both the same photos, in turn, from 1, 8 and 32 clients, for S seconds each. Photos are drawn,
or taken from DIR/images; the model is trained on them for some minutes first, or is the bundle in --model. With --soak
it sends photos to ours alone, and prints every minute how much memory it has.`;

const CLIENTS = [1, 8, 32];
const PHOTOS = 64;

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    model: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "15" },
    endpoint: { type: "string", default: "sync" },
    clients: { type: "string" },
    soak: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}

const model = values.model ?? (await trainedModel(values.data));
const photos = await somePhotos(PHOTOS, values.data);
if (values.soak) {
  const service = await startOurs(model);
  await soak(service, photos, Number(values.soak));
  await service.stop();
  process.exit();
}
const threads = os.availableParallelism();
const endpoint = values.endpoint === "async" ? "async" : "sync";
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const counts = values.clients?.split(",").map(Number) ?? CLIENTS;

const services: Record<"ours" | "peer", () => Promise<Service>> = {
  ours: () => startOurs(model),
  peer: () => startPeer(endpoint, threads),
};
const loads: Record<"ours" | "peer", Map<number, Load[]>> = { ours: new Map(), peer: new Map() };
const floors: number[] = [];
const answers: number[] = [];
for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 === 0 ? (["ours", "peer"] as const) : (["peer", "ours"] as const)) {
    const service = await services[name]();
    const share = await shareWithWindow(service.url, name === "ours" ? photos : photos.slice(0, 8));
    if (name === "ours" && round === 0) console.log(`${percent(share)} of our answers have a window\n`);
    for (const clients of counts) {
      const load = await drive(service, photos, clients, seconds);
      loads[name].set(clients, [...(loads[name].get(clients) ?? []), load]);
      console.error(`round ${round + 1} ${name} ${clients} clients: ${describe(load)}`);
    }
    await service.stop();
  }
  const floor = await floorOf(model, photos, threads);
  floors.push(floor.decodeAndInferenceMs);
  answers.push(floor.answerMs);
}

console.log("medians of the rounds; ratios of each round: median (least..most)\n");
console.log(
  "clients  ours/s  peer/s  ratio               ours p50, p99 ms  peer p50, p99 ms  p99 ours/peer        CPU ms an answer  failed",
);
for (const clients of counts)
  console.log(row(clients, loads.ours.get(clients) ?? [], loads.peer.get(clients) ?? []));
const one = (loads.ours.get(1) ?? []).map(({ meanMs }, i) => meanMs / floors[i]);
if (one.length > 0) {
  console.log(
    `\ndecode + inference alone ${median(floors).toFixed(1)} ms, with mask and PNG ${median(answers).toFixed(1)} ms; ` +
      `a request of one client / decode + inference: ${median(one).toFixed(2)} (${spread(one)})`,
  );
}
process.exit();

function row(clients: number, ours: Load[], peer: Load[]): string {
  const of = (loads: Load[], key: keyof Load) => median(loads.map((load) => load[key]));
  const ratios = (key: keyof Load) => ours.map((load, i) => load[key] / peer[i][key]);
  const speed = ratios("perSecond");
  const tails = ratios("p99Ms");
  const failed = (loads: Load[]) => loads.reduce((sum, load) => sum + load.failed, 0);
  return [
    String(clients).padStart(7),
    of(ours, "perSecond").toFixed(1).padStart(7),
    of(peer, "perSecond").toFixed(1).padStart(7),
    ` ${median(speed).toFixed(2)} (${spread(speed)})`.padEnd(20),
    `${of(ours, "p50Ms").toFixed(0)}, ${of(ours, "p99Ms").toFixed(0)}`.padEnd(17),
    `${of(peer, "p50Ms").toFixed(0)}, ${of(peer, "p99Ms").toFixed(0)}`.padEnd(17),
    `${median(tails).toFixed(2)} (${spread(tails)})`.padEnd(20),
    `${of(ours, "cpuMs").toFixed(0)}, ${of(peer, "cpuMs").toFixed(0)}`.padEnd(17),
    `${failed(ours)} / ${failed(peer)}`,
  ].join(" ");
}

function describe({ perSecond, p50Ms, p99Ms, cpuMs, answered, failed }: Load): string {
  return `${perSecond.toFixed(1)}/s, p50 ${p50Ms} ms, p99 ${p99Ms} ms, ${cpuMs.toFixed(0)} ms of CPU an answer, ${answered} answered, ${failed} failed`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
