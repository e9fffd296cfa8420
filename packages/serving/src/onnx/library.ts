import { type Blobs, type Clock, type Documents, Imported, SluiceError, sha256 } from "@sluice/core";
import { defaultThreads } from "../predictor/runtime";
import { type OnnxModel, type OnnxOpener, onnxHere } from "./session";
import { createShelf } from "./shelf";

/** A version of an imported model, loaded. */
export interface OpenModel {
  name: string;
  version: Imported.Version;
  model: OnnxModel;
}

/** The models that were trained elsewhere, found by their documents and loaded when they are first asked. */
export interface ModelLibrary {
  list(): Promise<Imported.Info[]>;
  /** Throws `model.not_found`. */
  find(name: string): Promise<Imported.Info>;
  /**
   * Loads the model unless it is, and keeps it open while it works.
   *
   * @param version undefined: the latest
   * Throws `model.not_found`, `model.corrupt`, `model.unsupported`.
   */
  use<T>(name: string, version: number | undefined, work: (open: OpenModel) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface LibraryOptions {
  /** Models that are loaded at once; the one that was not asked for longest goes first. */
  most?: number;
  /** Of their files together. A loaded model takes a few times its file. */
  mostBytes?: number;
  threads?: number;
  /** Where models are opened; default: in this thread. */
  opener?: OnnxOpener;
}

/** For so long a model's document is not read again: a new version is served as late as this. */
const LOOK_MS = 2_000;

export function openLibrary(
  world: { blobs: Blobs; documents: Documents; clock: Clock },
  options: LibraryOptions = {},
): ModelLibrary {
  const { most = 4, mostBytes = Imported.MAX_BYTES, threads = defaultThreads(), opener = onnxHere } = options;
  const shelf = createShelf<OnnxModel>({
    most,
    mostBytes,
    isGone: (model) => model.isGone(),
    close: (model) => model.release(),
  });
  const seen = new Map<string, { info: Imported.Info; at: number }>();

  const find = async (name: string): Promise<Imported.Info> => {
    const known = seen.get(name);
    if (known && world.clock.now() - known.at < LOOK_MS) return known.info;
    const info = await Imported.find(name, world);
    if (!info) throw noModel(name);
    seen.set(name, { info, at: world.clock.now() });
    return info;
  };
  return {
    list: () => Imported.list(world),
    find,
    async use(name, number, work) {
      const version = versionOf(await find(name), number);
      const { digest, bytes } = version;
      const load = async () => opener.open(await verifiedFile(name, digest, world), threads);
      return shelf.use({ key: digest, bytes, load }, (model) => work({ name, version, model }));
    },
    close: () => shelf.close().finally(() => opener.close()),
  };
}

/** Throws `model.not_found`. */
export function versionOf(info: Imported.Info, number: number | undefined): Imported.Version {
  if (number === undefined) return Imported.latest(info);
  const version = info.versions.find(({ version }) => version === number);
  if (version) return version;
  const there = info.versions.map(({ version }) => version).join(", ");
  throw new SluiceError(
    "model.not_found",
    `${info.name} has no version ${number}`,
    `What there is: ${there}.`,
  );
}

/** Throws `model.corrupt` where the file is not the one that was imported. */
async function verifiedFile(name: string, digest: string, { blobs }: { blobs: Blobs }): Promise<Buffer> {
  const key = Imported.blobKey(digest);
  const file = await blobs.get(key);
  if (sha256(file) === digest) return file;
  const message = `${key} is not the file that was imported as ${name}`;
  throw new SluiceError("model.corrupt", message, "Remove that file, and import the model again.");
}

export const noModel = (name: string) =>
  new SluiceError(
    "model.not_found",
    `There is no model ${JSON.stringify(name.slice(0, 80))}`,
    "See: GET /v2/models. Import one: sluice models import FILE.",
  );
