import {
  DescribeInstancesCommand,
  EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  type ExecutionListItem,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  SFNClient,
} from "@aws-sdk/client-sfn";
import { asRoot } from "../deploy/clients";
import { until } from "./until";

/** The host as EC2 sees it, without any of our code between. */
export function hostOf(instanceId: string) {
  const client = asRoot(EC2Client);
  const ids = { InstanceIds: [instanceId] };
  const state = async () => {
    const { Reservations } = await client.send(new DescribeInstancesCommand(ids));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name;
  };
  const becomes = (wanted: string, limitMs = 60_000) =>
    until(`host ${wanted}`, async () => (await state()) === wanted, { limitMs });
  return {
    state,
    becomes,
    async start() {
      await client.send(new StartInstancesCommand(ids));
      await becomes("running");
    },
    async stop() {
      await client.send(new StopInstancesCommand(ids));
      await becomes("stopped");
    },
  };
}

/** The machine's executions, oldest first. */
export async function executions(stateMachineArn: string): Promise<ExecutionListItem[]> {
  const { executions = [] } = await asRoot(SFNClient).send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: 1_000 }),
  );
  return executions.sort((a, b) => Number(a.startDate) - Number(b.startDate));
}

export interface Visit {
  state: string;
  /** Milliseconds since the execution began. */
  atMs: number;
  /** Until the state was left; null if it never was. */
  tookMs: number | null;
}

/** The states of an execution as they were entered. */
export async function visits(executionArn: string): Promise<Visit[]> {
  const client = asRoot(SFNClient);
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1_000 }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const began = Number(events[0]?.timestamp);
  const found: Visit[] = [];
  for (const { timestamp, stateEnteredEventDetails, stateExitedEventDetails } of events) {
    const atMs = Number(timestamp) - began;
    if (stateEnteredEventDetails?.name)
      found.push({ state: stateEnteredEventDetails.name, atMs, tookMs: null });
    const left = stateExitedEventDetails?.name;
    const open = found.findLast((visit) => visit.state === left && visit.tookMs === null);
    if (open) open.tookMs = atMs - open.atMs;
  }
  return found;
}

/** All visits of one state; choices, which take no time, are left out. */
export interface StateRow {
  state: string;
  visits: Visit[];
  tookMs: number;
  /** Within another: HostSession. */
  isInner: boolean;
}

export function stateRows(found: readonly Visit[]): StateRow[] {
  const outer = found.find(({ state }) => state === "HostSession");
  const isIn = ({ atMs }: Visit) =>
    outer !== undefined && atMs >= outer.atMs && atMs < outer.atMs + (outer.tookMs ?? 0);
  const names = [...new Set(found.map(({ state }) => state))].filter((state) => !/^Is[A-Z]/.test(state));
  return names.map((state) => {
    const own = found.filter((visit) => visit.state === state);
    const tookMs = own.reduce((sum, visit) => sum + (visit.tookMs ?? 0), 0);
    return { state, visits: own, tookMs, isInner: own[0] !== outer && own.some(isIn) };
  });
}

export const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** The states as a table: since when, for how long in all, and how often. */
export function stateTable(found: readonly Visit[]): string {
  const lines = stateRows(found).map(
    ({ state, visits, tookMs }) =>
      `| ${state} | ${seconds(visits[0]?.atMs ?? 0)} | ${seconds(tookMs)} | ${visits.length} |`,
  );
  return ["| state | entered at | took | times |", "| --- | ---: | ---: | ---: |", ...lines].join("\n");
}
