import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { needs } from "../../deploy/testing";

const CHART = join(import.meta.dirname, "../../deploy/chart");
const read = (name: string) => readFileSync(join(CHART, name), "utf8");
const values = parse(read("values.yaml"));
const accepts = new Ajv({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(read("values.schema.json")),
);

const image = { repository: "registry/sluice", tag: "1" };
const world = { kind: "aws", bucket: "b", table: "t" };
const whole = { ...values, image: { ...values.image, ...image }, world: { ...values.world, ...world } };

test("the schema takes the defaults with an image and a world, and those of each stage", () => {
  expect(accepts(whole), JSON.stringify(accepts.errors)).toBe(true);
  for (const stage of readdirSync(join(CHART, "stages"))) {
    const of = parse(read(`stages/${stage}`));
    const merged = Object.fromEntries(
      Object.entries(of).map(([key, value]) => [key, merge(whole[key], value)]),
    );
    expect(accepts({ ...whole, ...merged }), `${stage}: ${JSON.stringify(accepts.errors)}`).toBe(true);
  }
});
const merge = (one: unknown, other: unknown) =>
  other !== null && typeof other === "object" ? { ...(one as object), ...other } : other;

test.each([
  ["no image", { image: values.image }],
  ["a digest that is none", { image: { ...image, digest: "sha256:123" } }],
  ["no bucket", { world: { ...world, bucket: "" } }],
  ["a local world without its volume", { world: { kind: "local", claim: "" } }],
  ["a port that is no NodePort", { service: { ...values.service, nodePort: 8080 } }],
  ["a word that is unknown", { replica: 3 }],
  ["no replica", { replicas: 0 }],
])("the schema refuses %s", (_, change) => {
  expect(accepts({ ...whole, ...change })).toBe(false);
});

test("each setting is in the schema, and said what it is for", () => {
  const schema = JSON.parse(read("values.schema.json"));
  expect(Object.keys(schema.properties).sort()).toEqual([...Object.keys(values), "global"].sort());
  for (const [name, value] of Object.entries(values)) {
    if (value === null || typeof value !== "object" || !schema.properties[name].properties) continue;
    if (name === "resources") continue;
    expect(Object.keys(schema.properties[name].properties).sort(), name).toEqual(Object.keys(value).sort());
  }
});

const HELM = process.env.HELM ?? "helm";
const SET = ["--set", "image.repository=r/sluice,image.tag=v1,world.bucket=b,world.table=t"];
const template = (...args: string[]): { kind: string; spec: Record<string, unknown> }[] => {
  const text = execFileSync(
    HELM,
    ["template", "sluice", CHART, "--kube-version", "1.34.0", ...SET, ...args],
    { encoding: "utf8" },
  );
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter(Boolean);
};
const kinds = (...args: string[]) =>
  template(...args)
    .map(({ kind }) => kind)
    .sort();

test.skipIf(!needs(HELM))("helm finds no fault, and makes what is asked for", () => {
  execFileSync(HELM, ["lint", "--strict", CHART, ...SET], { stdio: "pipe" });
  const always = ["ConfigMap", "Deployment", "NetworkPolicy", "Service", "ServiceAccount"];
  expect(kinds()).toEqual([...always, "PodDisruptionBudget"].sort());
  expect(kinds("-f", join(CHART, "stages/staging.yaml"))).toEqual(always);
  expect(kinds("--set", "autoscaling.enabled=true")).toContain("HorizontalPodAutoscaler");
  expect(kinds("--api-versions", "monitoring.coreos.com/v1")).toEqual(
    [...always, "PodDisruptionBudget", "PrometheusRule", "ServiceMonitor"].sort(),
  );
  expect(() => template("--set", "disruptionBudget.minAvailable=2")).toThrow(/no node could ever be drained/);
});

test.skipIf(!needs(HELM))(
  "the rules reach the cluster as they are written, for this installation's namespace",
  () => {
    const [rule] = template("--set", "monitoring.force=true,monitoring.referenceNames=true").filter(
      ({ kind }) => kind === "PrometheusRule",
    );
    const files = ["recording", "alerts", "reference"].map((name) =>
      parse(read(`rules/${name}.yaml`).replaceAll('namespace=~".*"', 'namespace="default"')),
    );
    expect(rule?.spec.groups).toEqual(files.flatMap(({ groups }) => groups));
    expect(JSON.stringify(rule?.spec.groups).match(/namespace=\\"default\\"/g)?.length).toBeGreaterThan(30);
  },
);
