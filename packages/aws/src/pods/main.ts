import { parseArgs } from "node:util";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import type { Blobs, Documents } from "@sluice/core/ports";
import { Role } from "@sluice/core/release/role";
import { look, predict } from "./look";
import { rollOut } from "./roll-out";
import { tool } from "./tools";

const USAGE = `sluice-pods: the serving pods on this machine's Kubernetes

  sluice-pods roll-out --image IMAGE          brings the image there by the chart, and waits until it serves
  sluice-pods look --answer KEY               asks every pod for /ready and /metrics
  sluice-pods predict --photo KEY --answer KEY [--role champion|canary]

  --namespace NS   sluice-<SLUICE_STAGE> by default
  --values FILE    further values of the chart

Answers are put into the bucket as JSON. SLUICE_WORLD names the module that binds the world (default @sluice/aws);
HELM and KUBECONFIG are looked at.`;

const text = { type: "string" } as const;
const OPTIONS = {
  namespace: text,
  values: text,
  image: text,
  answer: text,
  photo: text,
  role: text,
} as const;
type Options = Partial<Record<keyof typeof OPTIONS, string>>;
type World = { blobs: Blobs; documents: Documents };

function readArguments(): { verb: string | undefined; options: Options } {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    return { verb: positionals.length === 1 ? positionals[0] : undefined, options: values };
  } catch (cause) {
    throw new SluiceError("usage.invalid", (cause as Error).message, USAGE, { cause });
  }
}

async function main({ verb, options }: ReturnType<typeof readArguments>): Promise<void> {
  const { SLUICE_STAGE: stage = "", SLUICE_WORLD: module = "@sluice/aws" } = process.env;
  const needs = (name: keyof Options): string => {
    const value = options[name];
    if (value) return value;
    throw new SluiceError("usage.invalid", `${verb} needs --${name}`, USAGE);
  };
  const { openHostWorld } = (await import(module)) as { openHostWorld(): World | Promise<World> };
  const { blobs, documents } = await openHostWorld();
  const namespace = options.namespace ?? `sluice-${stage}`;
  const answer = async (value: unknown) => void (await blobs.put(needs("answer"), JSON.stringify(value)));
  switch (verb) {
    case "roll-out": {
      const { SLUICE_BUCKET: bucket = "", SLUICE_TABLE: table = "", AWS_REGION: region = "" } = process.env;
      const wanted = {
        stage,
        image: needs("image"),
        bucket,
        table,
        region,
        namespace,
        values: options.values,
      };
      return rollOut(wanted, { documents, tool });
    }
    case "look":
      return answer(await look(namespace, tool));
    case "predict": {
      const role = Role.optional().parse(options.role);
      return answer(await predict(await blobs.get(needs("photo")), { namespace, role }, tool));
    }
    default:
      throw new SluiceError("usage.invalid", `${verb ?? "nothing"} is not understood`, USAGE);
  }
}

await (async () => main(readArguments()))().catch((error: unknown) => {
  const { message } = error as Error;
  console.error(`sluice-pods: ${isSluiceError(error) ? `${message}. ${error.hint}` : message}`);
  process.exitCode = isSluiceError(error) ? 2 : 1;
});
