import {
  Bundle,
  Evaluation,
  Gate,
  isSluiceError,
  Registry,
  Run,
  readJson,
  SluiceError,
  Training,
} from "@sluice/core";
import * as z from "zod";
import type { Step, With } from "../step";

type Ports = "blobs" | "documents" | "clock" | "settings";
const Answer = z.object({
  decision: z.enum(["promote", "keep"]),
  model: z.number(),
  dice: z.number().optional(),
});

/** Registers the run's model as the challenger and judges it against the champion it was evaluated beside. */
export const decideGate: Step<z.infer<typeof Answer>, Ports> = ({ runId }, world) =>
  Run.once(runId, "decideGate", Answer, world, async () => {
    const keys = Training.keys(runId);
    const job = await read(keys.job, Training.Job, world);
    const result = await read(keys.result, Training.Result, world);
    const challenger = await read(keys.evaluation, Evaluation.Report, world);
    if (challenger.bundleDigest !== result.bundleDigest) {
      throw notEvaluable(`${keys.evaluation} is of another model than the run has trained`);
    }
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
      result: { decision: verdict.decision, model: model.number, dice },
      facts: { model: model.number, judgedAgainst: job.champion, dice, iou, verdict },
    };
  });

async function championCase(
  job: Training.Job,
  result: Training.Result,
  world: With<Ports>,
): Promise<Gate.Case["champion"]> {
  if (job.champion === null) return "none";
  const number = job.champion;
  if (result.championError !== null) return { number, unreadable: result.championError };
  try {
    const report = await read(Training.keys(job.runId).championEvaluation, Evaluation.Report, world);
    const { bundleDigest } = Registry.find(await Registry.read(world), number);
    if (report.bundleDigest === bundleDigest) return { number, report };
    return {
      number,
      unreadable: `Champion ${number} is not the model that was registered: its files differ`,
    };
  } catch (error) {
    return { number, unreadable: `Champion ${number} has no evaluation: ${(error as Error).message}` };
  }
}

/** Throws `gate.not_evaluable` naming the file. */
async function read<S extends z.ZodType>(key: string, schema: S, world: With<"blobs">): Promise<z.output<S>> {
  return readJson(key, schema, world).catch((cause: unknown) => {
    if (!isSluiceError(cause)) throw cause;
    throw notEvaluable(cause.message, cause);
  });
}

const notEvaluable = (message: string, cause?: Error) =>
  new SluiceError("gate.not_evaluable", message, "Push the batch again: it is trained anew.", { cause });

async function copyBundle(from: string, to: string, { blobs }: With<"blobs">): Promise<void> {
  const keys = await blobs.list(from);
  // `model.json` goes last: where it is, the rest is.
  const ordered = [...keys.filter((k) => !k.endsWith(Bundle.MODEL_JSON)), `${from}${Bundle.MODEL_JSON}`];
  for (const key of ordered) {
    await blobs.put(`${to}${key.slice(from.length)}`, await blobs.get(key), { ifAbsent: true });
  }
}
