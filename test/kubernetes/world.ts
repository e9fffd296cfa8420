import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bundle, Registry, Release, sha256 } from "@sluice/core";
import { openHostWorld } from "@sluice/local/host-world";
import { toyBundle } from "@sluice/serving/predictor/toy";
import { apply } from "./cluster";

/** A local world in a folder that pods may read: models 1 and 2 are the toy, 3 finds nonsense, 4 is cut. 1 serves. */
export async function makeWorld() {
  const folder = await mkdtemp(join(tmpdir(), "sluice-kubernetes-"));
  await chmod(folder, 0o755);
  const world = openHostWorld({ SLUICE_HOME: folder });
  const good = toyBundle().files;
  for (const files of [good, good, toyBundle({ bias: 20 }).files, good]) await register(files, world);
  await world.blobs.put(`${Bundle.modelPrefix(4)}model.onnx`, "cut");
  await Release.full({ model: 1, reason: "the first" }, world);
  return { folder, world };
}

async function register(files: Record<string, Uint8Array>, world: ReturnType<typeof openHostWorld>) {
  const { models } = await Registry.read(world);
  const number = models.length + 1;
  for (const [name, bytes] of Object.entries(files))
    await world.blobs.put(Bundle.modelPrefix(number) + name, bytes);
  await Registry.register(
    {
      runId: `toy-${number}`,
      datasetVersion: "0".repeat(64),
      codeCommit: "toy",
      bundleDigest: sha256(files[Bundle.MODEL_JSON]!),
      dice: 0.9,
      iou: 0.8,
    },
    world,
  );
}

/** The folder as a volume claim `world` of a namespace in which only restricted pods may run. */
export async function mountWorld(namespace: string, folder: string): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const access = { accessModes: ["ReadOnlyMany"], storageClassName: "" };
  const name = `${namespace}-world`;
  await apply([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } },
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: { ...access, capacity: { storage: "1Gi" }, hostPath: { path: folder, type: "Directory" } },
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "world", namespace },
      spec: { ...access, volumeName: name, resources: { requests: { storage: "1Gi" } } },
    },
  ]);
}
