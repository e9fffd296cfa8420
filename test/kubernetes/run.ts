import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostServing } from "@sluice/aws/serving/host";
import { Dataset, Run, type World } from "@sluice/core";
import { localServing, openWorld } from "@sluice/local";
import { planValidation } from "../../packages/functions/src/steps/plan-validation";
import { validateBatch } from "../../packages/functions/src/steps/validate-batch";
import { validatePart } from "../../packages/functions/src/steps/validate-part";
import { putBatch } from "../simulation/batches";
import { helm, kubectl } from "./cluster";
import { mountWorld } from "./world";

export const NODE_PORT = 30_082;
const RELEASE = {
  strategy: "canary",
  canaryWeight: 0.5,
  windowSeconds: 8,
  minimumRequests: 20,
  replaysPerLook: 4,
} as const;

/**
 * A world whose serving is the host's, as a stage has it: `sluice-pods` in the cluster, beside a server of this machine
 * in the predict function's place. Commands are processes of this machine, the pods see its files.
 */
export async function hostWorld(namespace: string, image: string) {
  const folder = await mkdtemp(join(tmpdir(), "sluice-run-"));
  await chmod(folder, 0o755);
  await mountWorld(namespace, folder);
  const world = openWorld({ home: folder, settings: { release: RELEASE }, codeCommit: "abc" });
  const { commands, documents, blobs } = world;
  const values = join(folder, "values.json");
  await writeFile(values, JSON.stringify(VALUES));
  const target = {
    stage: "staging",
    image,
    bucket: "none",
    table: "none",
    region: "none",
    release: "0",
    instanceId: "this",
  };
  const open = (of = image) =>
    hostServing({
      commands,
      documents,
      blobs,
      beside: localServing({ documents, commands, port: 4_580, startLimitMs: 240_000 }),
      target: { ...target, image: of },
      limitMs: 120_000, // this machine also is the node
      program: `sluice-pods --namespace ${namespace} --values ${values}`,
    });
  const close = async () => {
    await helm("uninstall", "sluice", "-n", namespace, "--ignore-not-found", "--wait");
    await kubectl("delete", "namespace", namespace, "--wait", "--timeout=2m");
    await kubectl("delete", "pv", `${namespace}-world`);
    await commands.cancel("serve-1");
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { world: { ...world, serving: open() } satisfies World, open, close };
}

const VALUES = {
  image: { pullPolicy: "IfNotPresent" },
  world: { kind: "local", claim: "world" },
  service: { nodePort: NODE_PORT },
  replicas: 2,
  resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "2", memory: "1Gi" } },
};

/** A dataset of thirty small photos, by the steps of a run; its version. */
export async function commitPhotos(world: World): Promise<string> {
  const batch = await putBatch(world, 1);
  const runId = "photos-1";
  await Run.create({ id: runId, batch }, world);
  const { parts } = await planValidation({ runId }, world);
  for (const part of parts) await validatePart(Object.assign({ runId }, { part }), world);
  await validateBatch({ runId }, world);
  return (await Dataset.commit({ batch, runId }, world)).version;
}
