import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const ancestors = (folder: string): string[] =>
  dirname(folder) === folder ? [folder] : [folder, ...ancestors(dirname(folder))];

/** The folder that holds the code: where npm has put the programs of the host. */
export const codeRoot = (): string =>
  ancestors(here).find((folder) => existsSync(join(folder, "node_modules", ".bin", "sluice-trainer"))) ??
  process.cwd();

/** PATH with this very Node and the workspace's programs before all else, as npm arranges it for scripts. */
export const hostPath = (path: string | undefined): string =>
  [dirname(process.execPath), join(codeRoot(), "node_modules", ".bin"), ...(path ? [path] : [])].join(
    delimiter,
  );
