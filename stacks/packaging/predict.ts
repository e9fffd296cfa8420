import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { useProject } from "sst/project.js";
import { bundleOf, writeIfChanged } from "./bundle";

const PAGE = "packages/serving/src/page";
const DOCS = ["package.json", "swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"];

/**
 * The predict Lambda's folder: beside its bundle lies what `serving` reads from beside its sources, the files of the
 * predict page and of Swagger UI.
 */
export function predictFolder(): string {
  const { root } = useProject().paths;
  const folder = bundleOf("predict");
  const page = readdirSync(join(root, PAGE)).filter((name) => /\.(html|css|js|svg)$/.test(name));
  for (const name of page) copy(join(root, PAGE, name), join(folder, name));
  const require = createRequire(join(root, "packages/serving/package.json"));
  const docs = dirname(require.resolve("swagger-ui-dist/package.json"));
  for (const name of DOCS) copy(join(docs, name), join(folder, "node_modules/swagger-ui-dist", name));
  return folder;
}

const copy = (from: string, to: string) => writeIfChanged(to, readFileSync(from));
