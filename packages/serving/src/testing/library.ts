import { Imported } from "@sluice/core";
import { memoryWorld } from "@sluice/core/testing/index";
import { inspect } from "../onnx/inspect";
import { type LibraryOptions, openLibrary } from "../onnx/library";

/** A world in memory with imported models by name, and the library that serves them. */
export async function libraryOf(
  files: Record<string, Uint8Array>,
  { columns, ...options }: LibraryOptions & { columns?: string[] } = {},
) {
  const world = memoryWorld();
  const add = async (name: string, file: Uint8Array, asNewVersion = false) => {
    const { signature } = await inspect(file);
    const named = columns && Imported.kindOf(signature) === "tabular" && signature.inputs.length === 1;
    return Imported.register({ name, file, signature, columns: named ? columns : null, asNewVersion }, world);
  };
  for (const [name, file] of Object.entries(files)) await add(name, file);
  return { world, add, library: openLibrary(world, { threads: 1, ...options }) };
}
