// npm run kernels
import { writeFileSync } from "node:fs";
import { compile, inRoot, KERNELS } from "./compile";

for (const { source, binary } of KERNELS) {
  writeFileSync(
    inRoot(binary),
    `/** \`${source}\` as WebAssembly, written by \`npm run kernels\`. */
export const BINARY =
  "${await compile(source)}";
`,
  );
}
