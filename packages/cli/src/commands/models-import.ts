import { open } from "node:fs/promises";
import { basename } from "node:path";
import { SluiceError } from "@sluice/core/errors";
import * as Imported from "@sluice/core/imported/index";
import { command, staged } from "../command";
import { storedAt } from "../session/stage";

/** Registers an ONNX file that was made elsewhere; its signature is read from it, and it is run once. */
export const importModel = command(
  { name: "import", description: "Register a model trained elsewhere: an ONNX file, served under /v2" },
  {
    file: { type: "positional", description: "The ONNX file", required: true, valueHint: "FILE" },
    name: {
      type: "string",
      description: "What it is asked for by (else the file's name)",
      valueHint: "NAME",
    },
    columns: {
      type: "string",
      description: "Names of a table's columns, in order, where the file has none",
      valueHint: "A,B,C",
    },
    next: { type: "boolean", description: "Beside the versions of that name, and served instead" },
    ...staged,
  },
  async (args) => {
    const name = args.name ?? basename(args.file).replace(/\.onnx$/i, "");
    if (!Imported.Name.safeParse(name).success) throw noName(name, args.name === undefined);
    const file = await readModel(args.file);
    const { inspect } = await import("@sluice/serving/onnx/inspect");
    const { signature, columns } = await inspect(file);
    const named = args.columns?.split(",").map((column) => column.trim()) ?? columns;
    const asNewVersion = args.next === true;
    const version = await Imported.register(
      { name, file, signature, columns: named, asNewVersion },
      await storedAt(args),
    );
    return { json: { name, ...version }, text: describe(name, version) };
  },
);

const noName = (name: string, isOfFile: boolean) =>
  new SluiceError(
    "usage.invalid",
    `${JSON.stringify(name.slice(0, 80))} is no name for a model${isOfFile ? ", though the file's" : ""}`,
    `Give a --name of small letters, digits, dots, dashes and underscores; not ${Imported.RESERVED.join(", ")}.`,
  );

/** Throws `input.unreadable`, `model.too_large` before it is read. */
async function readModel(path: string): Promise<Buffer> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  try {
    const { size } = await handle.stat();
    if (size > Imported.MAX_BYTES) throw Imported.tooLarge(size);
    return await handle.readFile().catch((cause: NodeJS.ErrnoException) => {
      throw unreadable(path, cause);
    });
  } finally {
    await handle.close();
  }
}

const unreadable = (path: string, cause: NodeJS.ErrnoException) =>
  new SluiceError("input.unreadable", `${path} cannot be read (${cause.code})`, "Give an ONNX file.", {
    cause,
  });

const KINDS: Record<Imported.Kind, string> = {
  tabular: "takes rows",
  segmentation: "segments pictures",
  tensors: "takes tensors",
};

function describe(name: string, { version, kind, signature, columns }: Imported.Version): string {
  const { inputs, outputs, leftOut } = signature;
  const ask =
    kind === "tabular"
      ? `Ask it: POST /predict {"model": "${name}", "rows": [${columns ? `{"${columns[0]}": …}` : "[…]"}]}, or /v2/models/${name}/infer`
      : `Ask it: POST /v2/models/${name}/infer`;
  return [
    `${name}, version ${version}, is registered and ${KINDS[kind]}`,
    `  in   ${tensors(inputs)}`,
    `  out  ${tensors(outputs)}`,
    ...(columns && inputs.length === 1 ? [`  columns  ${columns.join(", ")}`] : []),
    ...(leftOut.length > 0 ? [`  not served, for it is no tensor: ${leftOut.join(", ")}`] : []),
    ask,
  ].join("\n");
}

function tensors(specs: Imported.TensorSpec[]): string {
  const shown = specs
    .slice(0, 12)
    .map(({ name, datatype, shape }) => `${name} ${datatype} [${shape.join(", ")}]`);
  return shown.join("; ") + (specs.length > shown.length ? `; and ${specs.length - shown.length} more` : "");
}

export const imported = command(
  { name: "imported", description: "The models that were trained elsewhere" },
  staged,
  async (args) => {
    const models = await Imported.list(await storedAt(args));
    const lines = models.flatMap(({ name, versions }) =>
      versions.map((version) => {
        const { signature, kind, bytes, digest } = version;
        const size = `${(bytes / 1e6).toFixed(1)} MB`;
        return `${name} ${version.version}  ${KINDS[kind]}  ${size}  ${digest.slice(0, 12)}  ${signature.producer}`;
      }),
    );
    const text = lines.join("\n") || "None was imported yet: sluice models import FILE.";
    return { json: models, text };
  },
);
