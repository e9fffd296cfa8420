import { median, spread } from "../statistics";
import type { Load } from "./drive";
import type { Floor, FloorKind } from "./floor";

const percent = (share: number) => `${Math.round(100 * share)} %`;
export const windows = (share: number) => `${percent(share)} of our answers have a window\n`;

export const HEADER =
  "medians of the rounds; ratios of each round: median (least..most)\n\n" +
  "clients  ours/s  peer/s  ratio               ours p50, p99 ms  peer p50, p99 ms  p99 ours/peer        CPU ms an answer  failed";

/** One line for a number of clients; rounds in their order. */
export function besidePeer(clients: number, ours: readonly Load[], peer: readonly Load[]): string {
  const of = (loads: readonly Load[], key: keyof Load) => median(loads.map((load) => load[key]));
  const ratios = (key: keyof Load) => ours.map((load, i) => load[key] / peer[i][key]);
  const speed = ratios("perSecond");
  const tails = ratios("p99Ms");
  const failed = (loads: readonly Load[]) => loads.reduce((sum, load) => sum + load.failed, 0);
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

const FLOORS: Record<FloorKind, string> = {
  networks: "decoding and inference alone",
  predictor: "the predictor alone",
};

/** How many times as long an answer takes as without a service, by the clock and by the CPU. */
export function besideFloor(
  who: string,
  kind: FloorKind,
  clients: number,
  ours: readonly Load[],
  floors: readonly Floor[],
): string {
  const times = ours.map(({ perSecond }, i) => floors[i].perSecond / perSecond);
  const cpu = ours.map(({ cpuMs }, i) => cpuMs / floors[i].cpuMs);
  const [own, floor] = [median(ours.map((o) => o.perSecond)), median(floors.map((f) => f.perSecond))];
  return (
    `${clients} clients: ${who} ${own.toFixed(1)}/s, ${FLOORS[kind]} ${floor.toFixed(1)}/s; ` +
    `the ratio ${median(times).toFixed(2)} (${spread(times)}), of CPU ${median(cpu).toFixed(2)} (${spread(cpu)})`
  );
}

export function describe({ perSecond, p50Ms, p99Ms, cpuMs, answered, failed }: Load): string {
  return `${perSecond.toFixed(1)}/s, p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms, ${cpuMs.toFixed(1)} ms of CPU an answer, ${answered} answered, ${failed} failed`;
}

export const describeFloor = ({ perSecond, cpuMs }: Floor): string =>
  `${perSecond.toFixed(1)}/s, ${cpuMs.toFixed(1)} ms of CPU a photo`;
