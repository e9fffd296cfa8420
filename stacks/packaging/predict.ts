import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { useProject } from "sst/project.js";
import { bundleOf, writeIfChanged } from "./bundle";
import { PAGE, SWAGGER } from "./parts";

/**
 * The predict Lambda's folder: beside its bundle lies what `serving` reads from beside its sources, the files of the
 * predict page and of Swagger UI.
 */
export function predictFolder(): string {
  const { root } = useProject().paths;
  const folder = bundleOf("predict");
  const page = readdirSync(join(root, PAGE.folder)).filter((name) => PAGE.files.test(name));
  for (const name of page) copy(join(root, PAGE.folder, name), join(folder, name));
  const require = createRequire(join(root, "packages/serving/package.json"));
  const docs = dirname(require.resolve(`${SWAGGER.name}/package.json`));
  for (const name of readdirSync(docs).filter((name) => SWAGGER.files.test(name)))
    copy(join(docs, name), join(folder, "node_modules", SWAGGER.name, name));
  return folder;
}

const copy = (from: string, to: string) => writeIfChanged(to, readFileSync(from));
