import * as z from "zod";
import { SluiceError } from "../errors";
import { DatasetVersion, EpochMs, Fraction, ModelNumber, RunId, Sha256 } from "../ids";
import type { Clock, Documents } from "../ports";
import { verb } from "../verb";

const KEY = "registry/models";
type World = { documents: Documents; clock: Clock };

export const Stage = z.enum(["None", "Staging", "Production", "Archived"]);
export type Stage = z.infer<typeof Stage>;

export const Model = z.object({
  number: ModelNumber,
  stage: Stage,
  runId: RunId,
  datasetVersion: DatasetVersion,
  codeCommit: z.string(),
  bundleDigest: Sha256,
  /** On the test split of its own dataset version. */
  dice: Fraction,
  iou: Fraction,
  createdAt: EpochMs,
});
export type Model = z.infer<typeof Model>;

/** Every promotion and rollback, oldest first. */
const Change = z.object({
  champion: ModelNumber,
  previous: ModelNumber.nullable(),
  reason: z.string(),
  at: EpochMs,
});

export const Info = z.object({
  models: z.array(Model),
  champion: ModelNumber.nullable(),
  challenger: ModelNumber.nullable(),
  changes: z.array(Change),
});
export type Info = z.infer<typeof Info>;

const EMPTY: Info = { models: [], champion: null, challenger: null, changes: [] };

export const read = async ({ documents }: { documents: Documents }): Promise<Info> =>
  (await documents.read(KEY, Info)) ?? EMPTY;

export function find(registry: Info, number: number): Model {
  const model = registry.models.find((m) => m.number === number);
  if (model) return model;
  throw new SluiceError("model.not_found", `There is no model ${number}`, "See: sluice models.");
}

export const champion = async (world: World): Promise<Model | undefined> => {
  const registry = await read(world);
  return registry.champion === null ? undefined : find(registry, registry.champion);
};

/** Adds a run's model as the challenger; the same run gets the same number when asked again. */
export const register = verb(
  Model.omit({ number: true, stage: true, createdAt: true }),
  async (model, { documents, clock }: World): Promise<Model> => {
    const registry = await documents.update(KEY, Info, (current = EMPTY) => {
      if (current.models.some((m) => m.runId === model.runId)) return current;
      const number = current.models.length + 1;
      const added: Model = { ...model, number, stage: "None", createdAt: clock.now() };
      return { ...current, models: [...current.models, added], challenger: number };
    });
    return registry.models.find((m) => m.runId === model.runId)!;
  },
);

/**
 * Makes a model the champion, if the champion is still the one it was judged against.
 *
 * Throws `release.conflict` when another was promoted in between, `model.not_found`.
 */
export const promote = verb(
  z.object({ number: ModelNumber, judgedAgainst: ModelNumber.nullable(), reason: z.string() }),
  ({ number, judgedAgainst, reason }, { documents, clock }: World) =>
    documents.update(KEY, Info, (current = EMPTY) => {
      find(current, number);
      if (current.champion === number) return current;
      if (current.champion !== judgedAgainst) {
        throw new SluiceError(
          "release.conflict",
          `Model ${number} was judged against champion ${judgedAgainst ?? "none"}, but now it is ${current.champion}`,
          "Push the batch again: the next run compares with the new champion.",
        );
      }
      if (find(current, number).stage === "Archived") throw takenBack(number);
      return crown(current, number, reason, clock.now());
    }),
);

const takenBack = (number: number) =>
  new SluiceError(
    "release.conflict",
    `Model ${number} was taken back by hand before it became champion`,
    "Push the batch again: a new run is judged anew.",
  );

/**
 * Puts an earlier champion back, or says again that this one stays. A challenger that is on its way, perhaps out as a
 * canary, is filed: its run does not make it champion any more. Throws `model.not_found`,
 * `model.never_promoted`. See `Bundle.verify`.
 */
export const rollback = verb(
  z.object({ number: ModelNumber, reason: z.string() }),
  ({ number, reason }, { documents, clock }: World) =>
    documents.update(KEY, Info, (current = EMPTY) => {
      find(current, number);
      const left = current.challenger === null ? current : archive(current, current.challenger);
      if (current.champion === number) return left;
      if (!current.changes.some((change) => change.champion === number)) throw neverPromoted(number);
      return crown(left, number, reason, clock.now());
    }),
);

const neverPromoted = (number: number) =>
  new SluiceError(
    "model.never_promoted",
    `Model ${number} was never champion: the gate has not promoted it`,
    "Choose one that was: sluice models.",
  );

/** Takes back a promotion that did not hold: the model before it serves again, or none does. */
export const demote = verb(
  z.object({ number: ModelNumber, to: ModelNumber.nullable(), reason: z.string() }),
  ({ number, to, reason }, { documents, clock }: World) =>
    documents.update(KEY, Info, (current = EMPTY) => {
      if (current.champion !== number) return current;
      if (to !== null) return archive(crown(current, to, reason, clock.now()), number);
      return archive({ ...current, champion: null }, number);
    }),
);

/** Files a challenger that was not promoted. */
export const archiveChallenger = verb(z.object({ number: ModelNumber }), ({ number }, { documents }: World) =>
  documents.update(KEY, Info, (current = EMPTY) =>
    current.champion === number ? current : archive(current, number),
  ),
);

const withStage = (models: Model[], number: number | null, stage: Stage) =>
  models.map((m) => (m.number === number ? { ...m, stage } : m));

function archive(current: Info, number: number): Info {
  const challenger = current.challenger === number ? null : current.challenger;
  return { ...current, challenger, models: withStage(current.models, number, "Archived") };
}

function crown(current: Info, number: number, reason: string, at: number): Info {
  const models = withStage(withStage(current.models, current.champion, "Archived"), number, "Production");
  const change = { champion: number, previous: current.champion, reason, at };
  const challenger = current.challenger === number ? null : current.challenger;
  return { models, champion: number, challenger, changes: [...current.changes, change] };
}
