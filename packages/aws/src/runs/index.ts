import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  paginateGetExecutionHistory,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { SluiceError } from "@sluice/core/errors";
import type { Clock, Documents, Runs } from "@sluice/core/ports";
import type { HistoryEvent } from "@sluice/core/run/history-event";
import * as Run from "@sluice/core/run/index";
import { sdk } from "../clients";
import { namedAs, orElse } from "../failures";
import { stepsOf } from "./history";

/** Less than the 30 s that an HTTP API waits for a function. */
const STOP_LIMIT_MS = 25_000;
const LOOK_MS = 500;

/**
 * Runs as executions of the state machine. The newest execution of a run is called `Run.executionName`; Step Functions
 * takes each name once, so starting one again is no error and starts nothing.
 *
 * @param stopLimitMs how long `stop` waits for the clean-up, which is the function `stopRun`'s
 */
export function sfnRuns(options: {
  stateMachineArn: string;
  world: { documents: Documents; clock: Clock };
  client?: SFNClient;
  stopLimitMs?: number;
}): Runs {
  const { stateMachineArn, world, client = sdk(SFNClient), stopLimitMs = STOP_LIMIT_MS } = options;
  const arnOf = (name: string) => `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;

  async function begin(run: Run.Info): Promise<void> {
    const input = JSON.stringify({ runId: run.id });
    await client
      .send(new StartExecutionCommand({ stateMachineArn, name: Run.executionName(run), input }))
      .catch(orElse("ExecutionAlreadyExists", undefined));
  }

  /** Undefined: it was never started. */
  async function statusOf(run: Run.Info): Promise<ExecutionStatus | undefined> {
    const executionArn = arnOf(Run.executionName(run));
    const execution = await client
      .send(new DescribeExecutionCommand({ executionArn }))
      .catch(orElse("ExecutionDoesNotExist", undefined));
    return execution?.status;
  }

  /** Whether there was an execution to abort. */
  async function abort(run: Run.Info): Promise<boolean> {
    const executionArn = arnOf(Run.executionName(run));
    try {
      await client.send(new StopExecutionCommand({ executionArn, error: "run.stopped" }));
    } catch (error) {
      if (namedAs(error, "ExecutionDoesNotExist")) return false;
      if (!namedAs(error, "ValidationException")) throw error; // it has just ended: its end is what counts
    }
    return true;
  }

  async function hasEnded(runId: string): Promise<boolean> {
    const until = Date.now() + stopLimitMs;
    while ((await Run.get(runId, world)).outcome === null) {
      if (Date.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  }

  return {
    async start({ batch, masks }) {
      const run = await Run.open({ batch, masks }, world);
      await begin(run);
      return { runId: run.id };
    },

    async resume(runId) {
      const run = await Run.get(runId, world);
      const status = await statusOf(run);
      if (status === "RUNNING") return;
      // Whoever opened the run again may have died before its execution began.
      if (status === undefined && run.outcome === null) return begin(run);
      await begin(await reopened(run, status));
    },

    async stop(runId) {
      const run = await Run.get(runId, world);
      if (run.outcome !== null) {
        const message = `Run ${runId} has ended already: ${run.outcome}`;
        throw new SluiceError("run.not_resumable", message, "See: sluice runs.");
      }
      if (!(await abort(run))) {
        await Run.end(runId, "stopped", "It was stopped before it began; its batch is kept", world);
      } else if (!(await hasEnded(runId))) {
        const message = `Run ${runId} is aborted, but its clean-up has not ended within ${stopLimitMs / 1_000} s`;
        throw new SluiceError(
          "run.failed",
          message,
          "See the log of the function stopRun; the watchdog stops the host.",
        );
      }
    },

    async history(runId) {
      const { resumed } = await Run.get(runId, world);
      const events: HistoryEvent[] = [];
      for (let attempt = 0; attempt <= resumed; attempt++) {
        const executionArn = arnOf(Run.executionName({ id: runId, resumed: attempt }));
        const pages = paginateGetExecutionHistory({ client, pageSize: 1_000 }, { executionArn });
        try {
          events.push(...(await stepsOf(runId, pages)));
        } catch (error) {
          orElse("ExecutionDoesNotExist", undefined)(error); // never begun, or older than the 90 days that they are kept
        }
      }
      return events;
    },
  };

  /** A run whose execution broke off after its outcome has only its clean-up left: nothing of it is undone. */
  async function reopened(run: Run.Info, status: ExecutionStatus | undefined): Promise<Run.Info> {
    const isForGood = run.outcome !== null && run.outcome !== "failed" && run.outcome !== "stopped";
    const isOnlyUnfinished = isForGood && status !== undefined && status !== "SUCCEEDED";
    return isOnlyUnfinished
      ? Run.note(run.id, { resumed: run.resumed + 1 }, world)
      : Run.reopen(run.id, world, run.resumed);
  }
}
