import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";

const run = promisify(execFile);
const HELM = process.env.HELM ?? "helm";

async function tool(program: string, args: string[]): Promise<string> {
  const { stdout } = await run(program, args, { maxBuffer: 64_000_000 }).catch((error: Error) => {
    const { stderr = "" } = error as Error & { stderr?: string };
    throw new Error(`${program} ${args.join(" ")}: ${stderr || error.message}`);
  });
  return stdout;
}

export const kubectl = (...args: string[]): Promise<string> => tool("kubectl", args);
export const helm = (...args: string[]): Promise<string> => tool(HELM, args);

/** Hands YAML or JSON to kubectl. */
export async function apply(objects: unknown[], ...args: string[]): Promise<string> {
  const running = run("kubectl", ["apply", "-f", "-", ...args]);
  running.child.stdin?.end(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  return (await running).stdout;
}

const Named = z.object({
  items: z.array(z.object({ kind: z.string(), metadata: z.object({ name: z.string() }) })),
});

/** Of these kinds, what carries the label, as "Kind/name". */
export async function labelled(namespace: string, kinds: string, label: string): Promise<string[]> {
  const json = await kubectl("-n", namespace, "get", kinds, "-l", label, "-o", "json");
  return Named.parse(JSON.parse(json)).items.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
}

/** Why nothing can be tested here; undefined: it can. */
export async function missing(): Promise<string | undefined> {
  if (!process.env.KUBECONFIG) return "KUBECONFIG is not set";
  const ready = await kubectl("wait", "--for=condition=Ready", "--timeout=5s", "node", "--all").catch(String);
  if (!ready.includes("condition met")) return `no node is ready: ${ready.slice(0, 200)}`;
  const version = await helm("version", "--short").catch(() => "");
  if (!version) return "there is no helm: put it into PATH, or name it by HELM";
  if (images().length < 2)
    return "SLUICE_TEST_IMAGES does not name two images that the cluster has, as in test/kubernetes/README.md";
  return undefined;
}

/** Two builds of the server: the first is installed, then the second. */
export const images = (): string[] => (process.env.SLUICE_TEST_IMAGES ?? "").split(/\s+/).filter(Boolean);

/** "localhost/sluice:1" as the chart's values. */
export function imageValues(image: string): string[] {
  const at = image.lastIndexOf(":");
  return [
    "--set",
    `image.repository=${image.slice(0, at)}`,
    "--set-string",
    `image.tag=${image.slice(at + 1)}`,
  ];
}

/** Asks until the answer is one. Throws with the last one after `seconds`. */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    const found = await look().catch((error: unknown) => {
      last = error;
      return undefined;
    });
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what} did not come within ${seconds} s. ${last ?? ""}`);
}
