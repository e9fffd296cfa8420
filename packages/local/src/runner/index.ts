import { type MaskPolicy, Run, type Runs, SluiceError, type World } from "@sluice/core";
import type { HistoryEvent } from "@sluice/core/run/history-event";
import { clearCarrier, setCarrier } from "./carrier";
import { type Execution, execute, loadFunctions, type Options } from "./execution";
import { append, read } from "./history";
import { followStopRequests, withdrawStop } from "./stop-requests";

export type { Around, Options } from "./execution";

/** The state machine's runner on this machine: what Step Functions is on AWS. */
export interface Runner extends Runs {
  /** The run once its execution has ended here. */
  wait(runId: string): Promise<Run.Info>;
  /** Runs whose execution ended with the process that carried it. */
  interrupted(): Promise<string[]>;
  onState(listener: (event: HistoryEvent) => void): () => void;
  /** Leaves what is under way as interrupted, to be resumed. */
  close(): Promise<void>;
}

export function openRunner(world: World, { home, ...options }: Options & { home: string }): Runner {
  const active = new Map<string, Execution>();
  const suspended = new Set<string>();
  const stopping = new Map<string, Promise<void>>();
  const listeners = new Set<(event: HistoryEvent) => void>();
  let starting: Promise<unknown> = Promise.resolve();

  const onEvent = async (event: HistoryEvent) => {
    if (event.type === "ExecutionAborted" && suspended.has(event.runId)) return;
    await append(home, event);
    for (const listener of listeners) listener(event);
  };

  async function begin(runId: string): Promise<void> {
    if (active.has(runId)) return;
    await withdrawStop(home, runId); // whoever asked before meant an earlier execution
    const execution = await execute(runId, world, onEvent, options);
    const marked = setCarrier(home, runId, "running");
    const ended = execution.ended.finally(async () => {
      active.delete(runId);
      await marked;
      await clearCarrier(home, runId);
    });
    active.set(runId, { ...execution, ended });
    ended.catch(() => undefined);
    await marked;
  }

  async function stopNow(runId: string): Promise<void> {
    const run = await Run.get(runId, world);
    if (run.outcome !== null) {
      throw new SluiceError(
        "run.not_resumable",
        `Run ${runId} has ended already: ${run.outcome}`,
        "See: sluice runs.",
      );
    }
    const execution = active.get(runId);
    execution?.abort();
    await execution?.ended;
    if (!execution) await onEvent({ runId, at: world.clock.now(), type: "ExecutionAborted" });
    const functions = await loadFunctions();
    await functions.bind(functions.stopRun, world)({ runId });
  }

  function stop(runId: string): Promise<void> {
    const underWay = stopping.get(runId);
    if (underWay) return underWay;
    const stopped = stopNow(runId).finally(() => stopping.delete(runId));
    stopping.set(runId, stopped);
    return stopped;
  }

  const requests = followStopRequests(home, stop);

  async function startOne(batch: string, masks: MaskPolicy | undefined): Promise<{ runId: string }> {
    const { id: runId } = await Run.open({ batch, masks }, world);
    await begin(runId);
    return { runId };
  }

  const lastEnd = async (runId: string) =>
    (await read(home, runId)).findLast((event) => event.type.startsWith("Execution"))?.type;

  return {
    start({ batch, masks }) {
      const next = starting.then(() => startOne(batch, masks));
      starting = next.catch(() => undefined); // one at a time, so that two uploads of a batch share a run
      return next;
    },

    async wait(runId) {
      await active.get(runId)?.ended;
      await stopping.get(runId)?.catch(() => undefined);
      const run = await Run.get(runId, world);
      if (run.outcome !== null || suspended.has(runId) || (await lastEnd(runId)) !== "ExecutionFailed")
        return run;
      return Run.end(
        runId,
        "failed",
        "The state machine ended without recording why; see its history",
        world,
      );
    },

    async resume(runId) {
      const run = await Run.get(runId, world);
      if (active.has(runId)) return;
      // A run killed between its outcome and the host's release only has its clean-up left.
      const isOnlyUnfinished = run.outcome !== null && (await lastEnd(runId)) === "ExecutionStarted";
      if (!isOnlyUnfinished) await Run.reopen(runId, world);
      await begin(runId);
    },

    stop,

    history: (runId) => read(home, runId),

    async interrupted() {
      const runs = (await Run.list(world)).filter((run) => !active.has(run.id));
      const ends = await Promise.all(runs.map((run) => lastEnd(run.id)));
      return runs
        .filter((run, i) => ends[i] === "ExecutionStarted" || (!ends[i] && run.outcome === null))
        .map((r) => r.id);
    },

    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async close() {
      await Promise.allSettled([starting, requests.end(), ...stopping.values()]);
      const running = [...active.entries()];
      for (const [runId, execution] of running) {
        suspended.add(runId);
        execution.abort();
      }
      await Promise.all(running.map(([, execution]) => execution.ended));
    },
  };
}
