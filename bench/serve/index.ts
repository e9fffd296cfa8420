import { parseArgs } from "node:util";
import { cpuLimit } from "@sluice/serving/predictor/cpus";
import { drive, type Load, shareWithWindow } from "./drive";
import { type Floor, type FloorKind, floorOf } from "./floor";
import { trainedModel } from "./model";
import { somePhotos } from "./photos";
import { besideFloor, besidePeer, describe, HEADER, windows } from "./report";
import { type Service, startOurs, startPeer } from "./services";
import { soak } from "./soak";

const USAGE = `npm run bench:serve -- [--data DIR] [--model DIR] [--rounds N] [--seconds S] [--clients 1,8,32] [--endpoint sync|async]
npm run bench:serve -- --floor [--data DIR] [--model DIR] [--rounds N] [--seconds S] [--clients 1,8]
npm run bench:serve -- --soak MINUTES [--data DIR] [--model DIR]

Starts FastAPI + PyTorch with one U-Net at 512 px (the reference's recipe) and sluice-serve with the default recipe's
two networks, and sends both the same photos, in turn, from 1, 8 and 32 clients, for S seconds each; then times decoding
and inference alone, and all that is done to a photo, in processes without a service. Photos are drawn, or taken from
DIR/images; the model is trained on them for some minutes first, or is the bundle in --model. With --floor the peer is
left out. With --soak it sends photos to ours alone, and prints every minute how much memory it has.`;

const CLIENTS = [1, 8, 32];
const PHOTOS = 64;
/** Of load that is not counted, before the first that is: compilers go on for some hundred photos. */
const WARM_UP_SECONDS = 5;

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    model: { type: "string" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "15" },
    endpoint: { type: "string", default: "sync" },
    clients: { type: "string" },
    floor: { type: "boolean", default: false },
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
const cpus = cpuLimit();
const endpoint = values.endpoint === "async" ? "async" : "sync";
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const counts = values.clients?.split(",").map(Number) ?? CLIENTS;

type Name = "ours" | "peer";
const start: Record<Name, () => Promise<Service>> = {
  ours: () => startOurs(model),
  peer: () => startPeer(endpoint, cpus),
};
const names: Name[] = values.floor ? ["ours"] : ["ours", "peer"];
const loads: Record<Name, Map<number, Load[]>> = { ours: new Map(), peer: new Map() };
/** As the service works: a photo that is alone has all CPUs, photos at once have one each. */
const SHAPES = { alone: { processes: 1, threads: cpus }, together: { processes: cpus, threads: 1 } };
const shapeOf = (clients: number): keyof typeof SHAPES => (clients === 1 ? "alone" : "together");
const KINDS: FloorKind[] = ["networks", "predictor"];
const floors = new Map<string, Floor[]>();
for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) await timeService(name, round);
  for (const shape of new Set(counts.map(shapeOf))) {
    for (const kind of KINDS) await timeFloor(kind, shape, round);
  }
}
if (!values.floor) {
  console.log(HEADER);
  for (const clients of counts) console.log(besidePeer(clients, of("ours", clients), of("peer", clients)));
}
for (const kind of KINDS) {
  for (const clients of counts)
    console.log(besideFloor(kind, clients, of("ours", clients), floorsOf(kind, shapeOf(clients))));
}
process.exit();

function floorsOf(kind: FloorKind, shape: keyof typeof SHAPES): Floor[] {
  return floors.get(`${kind} ${shape}`) ?? [];
}

async function timeFloor(kind: FloorKind, shape: keyof typeof SHAPES, round: number): Promise<void> {
  const floor = await floorOf({ kind, model, photos, seconds, ...SHAPES[shape] });
  floors.set(`${kind} ${shape}`, [...floorsOf(kind, shape), floor]);
  const { perSecond, cpuMs } = floor;
  console.error(
    `round ${round + 1} ${kind} ${shape}: ${perSecond.toFixed(1)}/s, ${cpuMs.toFixed(1)} ms of CPU`,
  );
}

function of(name: Name, clients: number): Load[] {
  return loads[name].get(clients) ?? [];
}

async function timeService(name: Name, round: number): Promise<void> {
  const service = await start[name]();
  const share = await shareWithWindow(service.url, name === "ours" ? photos : photos.slice(0, 8));
  if (name === "ours" && round === 0) console.log(windows(share));
  await drive(service, photos, cpus, WARM_UP_SECONDS);
  for (const clients of counts) {
    const load = await drive(service, photos, clients, seconds);
    loads[name].set(clients, [...of(name, clients), load]);
    console.error(`round ${round + 1} ${name} ${clients} clients: ${describe(load)}`);
  }
  await service.stop();
}
