import { Bundle, Evaluation, Gate, Registry, Run, SluiceError, Training, type World } from "@sluice/core";
import { z } from "zod";
import type { Step } from "../step";

const Answer = z.object({ decision: z.enum(["promote", "keep"]), model: z.number() });

/** Registers the run's model as the challenger and judges it against the champion it was evaluated beside. */
export const decideGate: Step<z.infer<typeof Answer>> = ({ runId }, world) =>
  Run.once(runId, "decideGate", Answer, world, async () => {
    const keys = Training.keys(runId);
    const job = await read(keys.job, Training.Job, world);
    const result = await read(keys.result, Training.Result, world);
    const challenger = await read(keys.evaluation, Evaluation.Report, world);
    const verdict = Gate.decide(
      { challenger, champion: await championCase(job, result, world), servability: result.servability },
      world.settings.gate,
    );
    const { dice, iou } = challenger;
    const { bundleDigest, datasetVersion } = result;
    const model = await Registry.register(
      { runId, datasetVersion, codeCommit: job.codeCommit, bundleDigest, dice, iou },
      world,
    );
    await copyBundle(keys.bundle, Bundle.modelPrefix(model.number), world);
    return {
      result: { decision: verdict.decision, model: model.number },
      facts: { model: model.number, judgedAgainst: job.champion, dice, iou, verdict },
    };
  });

async function championCase(
  job: Training.Job,
  result: Training.Result,
  world: World,
): Promise<Gate.Case["champion"]> {
  if (job.champion === null) return "none";
  const number = job.champion;
  if (result.championError !== null) return { number, unreadable: result.championError };
  try {
    return {
      number,
      report: await read(Training.keys(job.runId).championEvaluation, Evaluation.Report, world),
    };
  } catch (error) {
    return { number, unreadable: `champion ${number} has no evaluation: ${(error as Error).message}` };
  }
}

async function read<S extends z.ZodType>(key: string, schema: S, { blobs }: World): Promise<z.output<S>> {
  const parsed = schema.safeParse(JSON.parse((await blobs.get(key)).toString()));
  if (parsed.success) return parsed.data;
  throw new SluiceError("gate.not_evaluable", `${key} is not what the gate reads`, "Push the batch again.");
}

async function copyBundle(from: string, to: string, { blobs }: World): Promise<void> {
  const keys = await blobs.list(from);
  // `model.json` goes last: where it is, the rest is.
  const ordered = [...keys.filter((k) => !k.endsWith(Bundle.MODEL_JSON)), `${from}${Bundle.MODEL_JSON}`];
  for (const key of ordered) {
    await blobs.put(`${to}${key.slice(from.length)}`, await blobs.get(key), { ifAbsent: true });
  }
}
