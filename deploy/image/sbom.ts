import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** A component of CycloneDX 1.6 (cyclonedx.org/docs/1.6/json). */
export interface Component {
  type: "library" | "application";
  name: string;
  version: string;
  purl: string;
  licenses?: { expression: string }[];
}

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/** Of an installed package's folder. */
export function npmComponent(folder: string): Component {
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const { name, version, license } = manifest;
  return {
    type: "library",
    name,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    ...(license && { licenses: [{ expression: license }] }),
  };
}

/**
 * What is in the image: Node, the packages that are bundled or copied, and Debian's libraries.
 *
 * @param debian lines "name version"
 */
export function sbomOf(npm: readonly Component[], debian = ""): string {
  const node: Component = {
    type: "application",
    name: "node",
    version: process.versions.node,
    purl: `pkg:generic/node@${process.versions.node}`,
  };
  const system = debian
    .split("\n")
    .filter(Boolean)
    .map((line): Component => {
      const [name = "", version = ""] = line.split(" ");
      return {
        type: "library",
        name,
        version,
        purl: `pkg:deb/debian/${name}@${encodeURIComponent(version)}`,
      };
    });
  const components = [node, ...system, ...npm].sort((a, b) => (a.purl < b.purl ? -1 : 1));
  return JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components }, null, 1);
}
