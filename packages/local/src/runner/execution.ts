import "./promise-with-resolvers";
import type { World } from "@sluice/core";
import type { HistoryEvent } from "@sluice/core/run/history-event";
import { StateMachine } from "aws-local-stepfunctions";
import { allStates, handlerName, pipelineAsl } from "./asl";

export type Handler = (input: unknown) => Promise<unknown>;
/** Stands around every task: a simulation makes tasks fail here. */
export type Around = (state: string, task: Handler) => Handler;
type Functions = { bind(step: unknown, world: World): Handler } & Record<string, unknown>;

// By name, as Lambda finds a handler: nothing imports the functions.
const FUNCTIONS = "@sluice/functions";
export const loadFunctions = async (): Promise<Functions> => import(FUNCTIONS);

export interface Options {
  around?: Around;
  /** How long the local world waits where the state machine says to look again later. */
  pollMs?: number;
}

export interface Execution {
  /** Settles when the execution has ended and its last event is written. */
  ended: Promise<"succeeded" | "failed" | "aborted">;
  abort(): void;
}

/** Executes the pipeline's state machine for one run, with the functions as tasks. */
export async function execute(
  runId: string,
  world: World,
  onEvent: (event: HistoryEvent) => Promise<void>,
  { around = (_, task) => task, pollMs = 1_000 }: Options = {},
): Promise<Execution> {
  const functions = await loadFunctions();
  const asl = pipelineAsl();
  const taskResourceLocalHandlers: Record<string, Handler> = {};
  const waitTimeOverrides: Record<string, number> = {};
  const inMap = new Set<string>();
  for (const [name, state] of allStates(asl.States)) {
    if (state.Type === "Wait") waitTimeOverrides[name] = pollMs;
    if (state.ItemProcessor) {
      state.MaxConcurrency = 1; // one part keeps this machine busy
      for (const [inner] of allStates(state.ItemProcessor.States)) inMap.add(inner);
    }
    if (state.Resource === undefined) continue;
    const step = handlerName(state.Resource);
    if (!(step in functions)) throw new Error(`packages/functions has no handler ${step} for state ${name}`);
    taskResourceLocalHandlers[name] = around(name, functions.bind(functions[step], world));
  }
  const machine = new StateMachine(asl as unknown as ConstructorParameters<typeof StateMachine>[0]);
  const run = machine.run(
    { runId },
    {
      overrides: {
        taskResourceLocalHandlers: taskResourceLocalHandlers as never,
        waitTimeOverrides,
      },
    },
  );
  run.result.catch(() => undefined); // its end is read from the events
  return { ended: follow(runId, seen(run.eventLogs, inMap), world, onEvent), abort: () => run.abort() };
}

type Log = ReturnType<StateMachine["run"]>["eventLogs"];

/** What happens in a map's items is left out: the map itself is there. */
async function* seen(logs: Log, inMap: ReadonlySet<string>): Log {
  for await (const event of logs) {
    if (!("state" in event) || !inMap.has(event.state.name)) yield event;
  }
}

/** Writes what a person wants to see: steps entered and left, without waits, choices and repeated looks. */
async function follow(
  runId: string,
  logs: Log,
  world: World,
  onEvent: (event: HistoryEvent) => Promise<void>,
): Promise<"succeeded" | "failed" | "aborted"> {
  const say = (type: HistoryEvent["type"], more: { state?: string; detail?: unknown } = {}) =>
    onEvent({ runId, at: world.clock.now(), type, ...more });
  let current: string | undefined;
  const leave = async () => {
    if (current !== undefined) await say("StateExited", { state: current });
    current = undefined;
  };
  let end: "succeeded" | "failed" | "aborted" = "aborted";
  for await (const event of logs) {
    if (event.type === "ExecutionStarted") await say("ExecutionStarted");
    else if (event.type === "StateEntered" && !["Wait", "Choice", "Parallel"].includes(event.state.type)) {
      if (event.state.name === current) continue;
      await leave();
      current = event.state.name;
      await say("StateEntered", { state: current });
    } else if (event.type === "StateFailed" && event.state.name === current) {
      current = undefined;
      await say("StateFailed", {
        state: event.state.name,
        detail: { Error: event.Error, Cause: event.Cause },
      });
    } else if (event.type === "ExecutionSucceeded") {
      await leave();
      await say("ExecutionSucceeded");
      end = "succeeded";
    } else if (event.type === "ExecutionFailed") {
      await say("ExecutionFailed", { detail: { Error: event.Error, Cause: event.Cause } });
      end = "failed";
    } else if (event.type === "ExecutionAborted" || event.type === "ExecutionTimeout") {
      await say("ExecutionAborted");
      end = "aborted";
    }
  }
  return end;
}
