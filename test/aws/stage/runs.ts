import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { Lease, Run, Training } from "@sluice/core";
import type { LambdaName } from "../../../stacks/lambdas";
import { functionName, kebab } from "../../../stacks/names";
import { stageConfig } from "../../../stacks/stage";
import { asRoot, ONCE } from "../deploy/clients";
import type { Stage } from "./index";
import { answered } from "./people";
import { until } from "./until";

/** The run's document, once the run has ended. */
export const endedRun = (stage: Stage, id: string, limitMs = 240_000): Promise<Run.Info> =>
  until(
    `run ${id} has ended`,
    async () => {
      const run = await Run.get(id, stage.state).catch(() => undefined);
      return run?.outcome ? run : undefined;
    },
    { limitMs },
  );

/** Waits until the run trains and has come so far. */
export const trainedFor = (stage: Stage, id: string, epochs: number): Promise<Training.Progress> =>
  until(`run ${id} has trained ${epochs} epochs`, async () => {
    const progress = await progressOf(stage, id);
    return progress && progress.epoch >= epochs ? progress : undefined;
  });

async function progressOf({ state: { blobs } }: Stage, id: string): Promise<Training.Progress | undefined> {
  const { progress } = Training.keys(id);
  if (!(await blobs.has(progress))) return undefined;
  return Training.Progress.parse(JSON.parse((await blobs.get(progress)).toString()));
}

/** What the API says of a run: the same as `sluice runs show` prints. */
export const shownRun = async ({ api }: Stage, id: string) =>
  answered<{ run: Run.Info; history: { state?: string; type: string; at: number }[] }>(
    await api(`/runs/${id}`),
  );

/** Who holds the host's lease, looked at again and again until `stop`. */
export function watchLease({ state }: Stage) {
  const seen: Lease.Info[] = [];
  const timer = setInterval(async () => {
    const lease = await Lease.current(state).catch(() => undefined);
    const last = seen.at(-1);
    if (lease && (lease.fence !== last?.fence || lease.holder !== last.holder)) seen.push(lease);
  }, 50);
  return {
    /** Every change of holder that was seen, in order. */
    stop(): Lease.Info[] {
      clearInterval(timer);
      return seen;
    },
  };
}

/** Calls a function of the stage, as EventBridge or SNS does; answers what it answers. */
export async function invoke(stage: Stage, name: LambdaName, payload: unknown): Promise<unknown> {
  const { Payload, FunctionError } = await asRoot(LambdaClient, ONCE).send(
    new InvokeCommand({
      FunctionName: functionName(stageConfig(stage.name), kebab(name)),
      Payload: JSON.stringify(payload),
    }),
  );
  const answer = Payload ? JSON.parse(Buffer.from(Payload).toString()) : undefined;
  if (FunctionError) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer;
}
