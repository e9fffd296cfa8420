import { SluiceError } from "@sluice/core/errors";
import { httpStatus } from "@sluice/core/http-status";
import { parseJson } from "@sluice/core/json-blob";
import type { Role } from "@sluice/core/release/role";
import type { Answered, Look, Pod } from "./answer";
import { type ServingPod, servingPods } from "./cluster";
import type { Tool } from "./tools";

const LOOK_LIMIT_MS = 5_000;
const PREDICT_LIMIT_MS = 20_000;
/** What is not answered by then is not asked any more. */
const ALL_LIMIT_MS = 60_000;
/** A pod at its limit is asked again after a pause, so often. */
const TRIES = 20;
const PAUSE_MS = 250;

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

/**
 * Asks the Service for one photo after the other, as clients do: which pod answers is Kubernetes' choice. There are
 * fewer answers than photos where the time is over before. Throws `serving.unreachable` where there is no Service.
 */
export async function predict(
  photos: { photo: Uint8Array; role?: Role }[],
  namespace: string,
  tool: Tool,
): Promise<Answered[]> {
  const { url } = await servingPods(namespace, tool);
  if (!url) {
    const hint = "Look at the host: kubectl get pods -A.";
    throw new SluiceError("serving.unreachable", `There is no Service in the namespace ${namespace}`, hint);
  }
  const end = Date.now() + ALL_LIMIT_MS;
  const answers: Answered[] = [];
  for (const { photo, role } of photos) {
    if (Date.now() > end) break;
    answers.push(await patientAnswer(url, photo, role, end));
  }
  return answers;
}

async function patientAnswer(url: string, photo: Uint8Array, role: Role | undefined, end: number) {
  for (let attempt = 1; ; attempt++) {
    const answer = await answerOf(url, photo, role);
    const isBusy = answer.status === httpStatus["serving.busy"];
    if (!isBusy || attempt === TRIES || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The status is 0 where nobody answers. The mask stays here: nobody looks at it. */
async function answerOf(url: string, photo: Uint8Array, role: Role | undefined): Promise<Answered> {
  const type = { "content-type": "application/octet-stream", accept: "application/json" };
  const signal = AbortSignal.timeout(PREDICT_LIMIT_MS);
  const headers = { ...type, ...(role && { "sluice-role": role }) };
  try {
    const body = new Uint8Array(photo);
    const answer = await fetch(`${url}/predict`, { method: "POST", headers, body, signal });
    return { status: answer.status, body: { ...Object(parseJson(await answer.text())), mask: undefined } };
  } catch {
    return { status: 0 };
  }
}
