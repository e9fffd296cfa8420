import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import type { Role } from "@sluice/core/release/role";
import type * as z from "zod";
import type { Look, Pod, Predicted } from "./answer";
import { type ServingPod, servingPods } from "./cluster";
import type { Tool } from "./tools";

const LOOK_LIMIT_MS = 5_000;
const PREDICT_LIMIT_MS = 20_000;

/** Asks every pod what it has loaded and what it has counted: from the host, by the pod's own address. */
export async function look(namespace: string, tool: Tool): Promise<Look> {
  const { pods } = await servingPods(namespace, tool);
  return { pods: await Promise.all(pods.map(lookAt)) };
}

async function lookAt({ name, image, url }: ServingPod): Promise<Pod> {
  const [ready, metrics] = await Promise.all([get(url, "/ready"), get(url, "/metrics")]);
  return {
    name,
    image,
    ready: parseJson(ready?.text ?? "") ?? null,
    metrics: metrics?.status === 200 ? metrics.text : null,
  };
}

async function get(url: string | undefined, path: string) {
  if (!url) return undefined;
  const signal = AbortSignal.timeout(LOOK_LIMIT_MS);
  return fetch(url + path, { signal }).then(
    async (answer) => ({ status: answer.status, text: await answer.text() }),
    () => undefined,
  );
}

/** Asks the Service, as clients do: which pod answers is Kubernetes' choice. Throws `serving.unreachable`. */
export async function predict(
  photo: Uint8Array,
  { namespace, role }: { namespace: string; role?: Role },
  tool: Tool,
): Promise<z.infer<typeof Predicted>> {
  const { url } = await servingPods(namespace, tool);
  if (!url) throw unreachable(`There is no Service in the namespace ${namespace}`);
  const type = { "content-type": "application/octet-stream", accept: "application/json" };
  const answer = await fetch(`${url}/predict`, {
    method: "POST",
    headers: { ...type, ...(role && { "sluice-role": role }) },
    body: new Uint8Array(photo),
    signal: AbortSignal.timeout(PREDICT_LIMIT_MS),
  }).catch((cause: Error) => {
    throw unreachable(`${url} does not answer: ${cause.message}`, cause);
  });
  return { status: answer.status, body: parseJson(await answer.text()) };
}

const unreachable = (message: string, cause?: Error) =>
  new SluiceError("serving.unreachable", message, "Look at the host: kubectl get pods -A.", { cause });
