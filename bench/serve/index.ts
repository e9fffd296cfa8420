import { parseArgs } from "node:util";
import { cpuLimit } from "@sluice/serving/predictor/cpus";
import { drive, type Load, shareWithWindow } from "./drive";
import { type Floor, type FloorKind, type FloorProcesses, startFloor } from "./floor";
import { trainedModel } from "./model";
import { somePhotos } from "./photos";
import { besideFloor, besidePeer, describe, describeFloor, HEADER, windows } from "./report";
import { startBare, startOurs, startPeer } from "./services";
import { soak } from "./soak";

const USAGE = `npm run bench:serve -- [--data DIR] [--model DIR] [--rounds N] [--seconds S] [--clients 1,8,32] [--endpoint sync|async]
npm run bench:serve -- --floor [--data DIR] [--model DIR] [--rounds N] [--seconds S] [--clients 1,8]
npm run bench:serve -- --soak MINUTES [--data DIR] [--model DIR]

Starts FastAPI + PyTorch with one U-Net at 512 px (the reference's recipe) and sluice-serve with the default recipe's
two networks, and sends both the same photos, in turn, from 1, 8 and 32 clients, for S seconds each; then times decoding
and inference alone, and all that is done to a photo, in processes without a service; and, for one client, decoding and
inference alone behind Node's own HTTP. Photos are drawn, or taken from DIR/images; the model is trained on them for some
minutes first, or is the bundle in --model. With --floor the peer is left out. With --soak it sends photos to ours alone,
and prints every minute how much memory it has.`;

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

/** As the service works: a photo that is alone has all CPUs, photos at once have one each. */
const SHAPES = { alone: { processes: 1, threads: cpus }, together: { processes: cpus, threads: 1 } };
const shapeOf = (clients: number): keyof typeof SHAPES => (clients === 1 ? "alone" : "together");
const KINDS: FloorKind[] = ["networks", "predictor"];

// All wait while one is timed: in turn, and so often that the machine's moods meet them alike.
const ours = await startOurs(model);
const peer = values.floor ? undefined : await startPeer(endpoint, cpus);
const services = peer ? [ours, peer] : [ours];
/** Without worker threads: only for one client at a time. */
const bare = counts.includes(1) ? await startBare(model, photos, cpus) : undefined;
const floors = new Map<string, FloorProcesses>();
for (const kind of KINDS) {
  for (const shape of new Set(counts.map(shapeOf))) {
    floors.set(`${kind} ${shape}`, await startFloor({ kind, model, photos, ...SHAPES[shape] }));
  }
}
console.log(windows(await shareWithWindow(ours.url, photos)));
if (peer) await shareWithWindow(peer.url, photos.slice(0, 8));
for (const service of bare ? [...services, bare] : services) {
  for (const clients of [cpus, 1]) await drive(service, photos, clients, WARM_UP_SECONDS);
}

const loads = new Map<string, Load[]>();
const floorsOf = new Map<string, Floor[]>();
for (let round = 0; round < rounds; round++) {
  for (const clients of counts) {
    for (const service of round % 2 === 0 ? services : services.toReversed()) {
      const name = service === ours ? "ours" : "peer";
      const load = await drive(service, photos, clients, seconds);
      remember(loads, `${name} ${clients}`, load);
      console.error(`round ${round + 1} ${name} ${clients} clients: ${describe(load)}`);
    }
    if (bare && clients === 1) {
      const load = await drive(bare, photos, clients, seconds);
      remember(loads, "bare 1", load);
      console.error(`round ${round + 1} bare 1 clients: ${describe(load)}`);
    }
    for (const kind of KINDS) {
      const floor = await timeFloor(`${kind} ${shapeOf(clients)}`);
      remember(floorsOf, `${kind} ${clients}`, floor);
      console.error(`round ${round + 1} ${kind} ${clients} clients: ${describeFloor(floor)}`);
    }
  }
}
for (const service of bare ? [...services, bare] : services) await service.stop();
for (const floor of floors.values()) floor.stop();

if (peer) console.log(HEADER);
for (const clients of counts) {
  if (peer) console.log(besidePeer(clients, all(loads, `ours ${clients}`), all(loads, `peer ${clients}`)));
}
for (const kind of KINDS) {
  for (const clients of counts) {
    const floor = all(floorsOf, `${kind} ${clients}`);
    console.log(besideFloor("ours", kind, clients, all(loads, `ours ${clients}`), floor));
  }
}
if (bare) {
  const [load, floor] = [all(loads, "bare 1"), all(floorsOf, "networks 1")];
  console.log(besideFloor("the same behind bare HTTP", "networks", 1, load, floor));
}
process.exit();

async function timeFloor(name: string): Promise<Floor> {
  const floor = floors.get(name);
  if (!floor) throw new Error(`No process works on ${name}`);
  return floor.time(seconds);
}

function remember<T>(found: Map<string, T[]>, name: string, one: T): void {
  found.set(name, [...all(found, name), one]);
}

function all<T>(found: ReadonlyMap<string, T[]>, name: string): T[] {
  return found.get(name) ?? [];
}
