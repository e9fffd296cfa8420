import * as z from "zod";
import { sha256 } from "../digest";
import { SluiceError } from "../errors";
import { EpochMs, Sha256 } from "../ids";
import type { Blobs, Clock, Documents } from "../ports";
import { verb } from "../verb";
import { columnNames } from "./columns";
import { Kind, kindOf, Signature } from "./signature";

export { columnCount } from "./columns";
export { Datatype, Kind, kindOf, Signature, TensorSpec } from "./signature";

const FOLDER = "imported/";
/** Held in memory whole by whoever imports it, and by the serving process while it is loaded. */
export const MAX_BYTES = 250_000_000;
/** What the champion is called by the Open Inference Protocol. */
export const RESERVED = ["segmentation", "segmentation-photo"] as const;

export const Name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    "a model's name is of small letters, digits, dots, dashes and underscores",
  )
  .refine((name) => !RESERVED.some((taken) => taken === name), "that is what the champion is called");

export const Version = z.object({
  version: z.number().int().positive(),
  /** Of the ONNX file, whose key it is. */
  digest: Sha256,
  bytes: z.number().int().positive(),
  kind: Kind,
  signature: Signature,
  /** Of a tabular model, in order; null where nobody has named them. */
  columns: z.array(z.string()).nullable(),
  importedAt: EpochMs,
});
export type Version = z.infer<typeof Version>;

/** A model that was trained elsewhere, with all its versions, oldest first. */
export const Info = z.object({ name: Name, versions: z.array(Version).min(1) });
export type Info = z.infer<typeof Info>;

/** Where the file lies, by its content: two names of one file share it. */
export const blobKey = (digest: string) => `models/imported/${digest}.onnx`;

export async function list({ documents }: { documents: Documents }): Promise<Info[]> {
  const keys = await documents.list(FOLDER);
  const found = await Promise.all(keys.map((key) => documents.read(key, Info)));
  return found.filter((info) => info !== undefined);
}

/** Undefined: no such model was imported. */
export const find = async (
  name: string,
  { documents }: { documents: Documents },
): Promise<Info | undefined> =>
  Name.safeParse(name).success ? documents.read(FOLDER + name, Info) : undefined;

export const latest = ({ versions }: Info): Version => versions[versions.length - 1] as Version;

const Registered = z.object({
  /** No number: in the metrics it stands beside the versions of champion and canary. */
  name: Name.refine((name) => !/^\d+$/.test(name), "a number is a version of the champion"),
  file: z.custom<Uint8Array>((value) => value instanceof Uint8Array, "no bytes"),
  signature: Signature,
  /** Of a tabular model whose file has no names for them. */
  columns: z.array(z.string().min(1).max(200)).nullable().default(null),
  /** Beside the versions that are there, and served instead of them. */
  asNewVersion: z.boolean().default(false),
});

/**
 * Registers a model that was trained elsewhere. The same file under the same name changes nothing.
 *
 * @param input.signature as it was read from the file
 * Throws `model.too_large`, `model.name_taken` where another file has the name, `usage.invalid` for names of columns
 * that do not fit.
 */
export const register = verb(
  Registered,
  async ({ name, file, signature, columns, asNewVersion }, world: World): Promise<Version> => {
    if (file.length > MAX_BYTES) throw tooLarge(file.length);
    const kind = kindOf(signature);
    if (columns && kind !== "tabular") throw noColumns();
    const digest = sha256(file);
    const added = {
      digest,
      bytes: file.length,
      kind,
      signature,
      columns: kind === "tabular" ? columnNames(signature, columns) : null,
      importedAt: world.clock.now(),
    };
    const next = (current: Info | undefined): Info => {
      if (!current) return { name, versions: [{ version: 1, ...added }] };
      const last = latest(current);
      if (last.digest === digest && (columns === null || isSame(last.columns, added.columns))) return current;
      if (!asNewVersion) throw nameTaken(name, last);
      return { name, versions: [...current.versions, { version: last.version + 1, ...added }] };
    };
    next(await world.documents.read(FOLDER + name, Info)); // what is refused leaves no file behind
    await world.blobs.put(blobKey(digest), file, { ifAbsent: true });
    return latest(await world.documents.update(FOLDER + name, Info, next));
  },
);
type World = { blobs: Blobs; documents: Documents; clock: Clock };

const isSame = (a: string[] | null, b: string[] | null) => JSON.stringify(a) === JSON.stringify(b);

export const tooLarge = (bytes: number) =>
  new SluiceError(
    "model.too_large",
    `The file has ${Math.ceil(bytes / 1e6)} MB; the limit is ${MAX_BYTES / 1e6} MB`,
    "Make the model smaller: fewer trees, or quantised weights.",
  );

const noColumns = () =>
  new SluiceError("usage.invalid", "Only a model that takes rows has columns", "Leave --columns out.");

const nameTaken = (name: string, { version, digest }: Version) =>
  new SluiceError(
    "model.name_taken",
    `${name} is another file already: version ${version}, ${digest.slice(0, 12)}`,
    "Choose another --name, or add this one as its next version: --next.",
  );
