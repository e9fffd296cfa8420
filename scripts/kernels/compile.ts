import path from "node:path";
import asc from "assemblyscript/asc";

const ROOT = path.join(import.meta.dirname, "../..");
const OPTIONS = ["-O3", "--runtime", "minimal", "--use", "abort=", "--enable", "simd", "--noAssert"];

/** Sources in AssemblyScript, and the module that holds what they compile to: in the repository, so that none builds it. */
export const KERNELS = [
  { source: "packages/core/assembly/index.ts", binary: "packages/core/src/kernels/binary.ts" },
  { source: "packages/trainer/assembly/adam.ts", binary: "packages/trainer/src/optimizer/binary.ts" },
  { source: "packages/trainer/assembly/loss.ts", binary: "packages/trainer/src/loss/binary.ts" },
  { source: "packages/trainer/assembly/network/index.ts", binary: "packages/trainer/src/kernels/binary.ts" },
];

export const inRoot = (file: string): string => path.join(ROOT, file);

/** Sources as WebAssembly in base64. Throws what the compiler has to say. */
export async function compile(source: string): Promise<string> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([inRoot(source), ...OPTIONS, "--outFile", "kernels.wasm"], {
    writeFile: (_, contents) => {
      binary = Buffer.from(contents);
    },
  });
  if (error || !binary) throw new Error(`${source} does not compile:\n${stderr}`);
  return Buffer.from(binary).toString("base64");
}
