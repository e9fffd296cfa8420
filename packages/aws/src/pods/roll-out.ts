import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import type { Documents } from "@sluice/core/ports";
import * as Release from "@sluice/core/release/index";
import * as z from "zod";
import { RELEASE, servingPods } from "./cluster";
import { prepareNamespace } from "./namespace";
import type { Tool } from "./tools";
import { stageFile, valuesOf, type Wanted } from "./values";

/** In the workspace, and in the host release. */
const CHART = fileURLToPath(new URL("../../../../deploy/chart", import.meta.url));
const HELM_MINUTES = 5;
/** A host that was made just now still installs k3s and Helm; an image has to be fetched. */
const LIMIT_MS = 5 * 60_000;
const LOOK_MS = 2_000;

export interface RollOut extends Wanted {
  namespace: string;
  /** A further file of values, which goes before the others. */
  values?: string;
}

/**
 * Brings the image to the host's Kubernetes: what was there goes on serving until the new pods are ready, and stays
 * where they do not become so. Rolling out what is there already changes nothing. Throws `serving.unreachable`.
 */
export async function rollOut(
  wanted: RollOut,
  { documents, tool, lookMs = LOOK_MS }: { documents: Documents; tool: Tool; lookMs?: number },
): Promise<void> {
  const { namespace } = wanted;
  const wait = { lookMs, limitMs: LIMIT_MS };
  await until(() => isThere(tool), "Kubernetes, or Helm, is not there", wait);
  await prepareNamespace(namespace, wanted.image, tool);
  await endPending(namespace, tool);
  // Before the first model pods cannot be ready: they wait for it.
  const isServing = (await Release.current({ documents }))?.champion != null;
  await tool("helm", helmLine(wanted, isServing), JSON.stringify(valuesOf(wanted)));
  if (!isServing) await until(() => areStarted(namespace, tool), "The pods did not start", wait);
}

export const helmLine = ({ stage, namespace, values }: RollOut, isServing: boolean): string[] => [
  ...["upgrade", "--install", RELEASE, CHART, "--namespace", namespace, "--history-max", "5"],
  ...["-f", join(CHART, "stages", stageFile(stage)), "-f", "-", ...(values ? ["-f", values] : [])],
  ...(isServing ? ["--atomic", "--timeout", `${HELM_MINUTES}m`] : []),
];

const Status = z.object({ info: z.object({ status: z.string() }) });

/** A Helm that was killed leaves its release pending, and every later one refuses. */
async function endPending(namespace: string, tool: Tool): Promise<void> {
  const json = await tool("helm", ["status", RELEASE, "--namespace", namespace, "-o", "json"]).catch(
    () => "",
  );
  const status = Status.safeParse(parseJson(json)).data?.info.status;
  if (status === "pending-install")
    await tool("helm", ["uninstall", RELEASE, "--namespace", namespace, "--wait"]);
  else if (status?.startsWith("pending")) await tool("helm", ["rollback", RELEASE, "--namespace", namespace]);
}

/** Undefined: yes; else why not. */
type Look = () => Promise<string | undefined>;

const isThere = (tool: Tool): ReturnType<Look> =>
  Promise.all([tool("kubectl", ["get", "--raw", "/readyz"]), tool("helm", ["version"])]).then(
    () => undefined,
    (error: Error) => error.message,
  );

async function areStarted(namespace: string, tool: Tool): ReturnType<Look> {
  const { pods } = await servingPods(namespace, tool);
  if (pods.length === 0) return "there is none yet";
  const waiting = pods.find(({ isStarted }) => !isStarted);
  return waiting && `${waiting.name}: ${waiting.waitsFor ?? "it does not answer yet"}`;
}

async function until(look: Look, fault: string, wait: { lookMs: number; limitMs: number }): Promise<void> {
  const end = Date.now() + wait.limitMs;
  for (;;) {
    const why = await look();
    if (why === undefined) return;
    if (Date.now() > end) throw new SluiceError("serving.unreachable", `${fault}: ${why}`, HINT);
    await new Promise((resolve) => setTimeout(resolve, wait.lookMs));
  }
}
const HINT = "Look at the host: journalctl -u sluice-setup -u k3s; kubectl get pods -A.";
