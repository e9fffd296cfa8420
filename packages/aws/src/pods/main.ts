import { parseArgs } from "node:util";
import { isSluiceError, SluiceError } from "@sluice/core/errors";
import type { Blobs, Documents } from "@sluice/core/ports";
import { Role } from "@sluice/core/release/role";
import { photoKey } from "./answer";
import { look, predict } from "./look";
import { rollOut } from "./roll-out";
import { tool } from "./tools";

const USAGE = `sluice-pods: the serving pods on this machine's Kubernetes

  sluice-pods roll-out --image IMAGE          brings the image there by the chart, and waits until it serves
  sluice-pods look --answer KEY               asks every pod for /ready and /metrics
  sluice-pods predict --answer KEY ROLE:SHA256 …   asks for photos that lie in the bucket, one after the other; ROLE is
                                              champion, canary, or any

  --namespace NS   sluice-<SLUICE_STAGE> by default
  --values FILE    further values of the chart

Answers are put into the bucket as JSON. SLUICE_WORLD names the module that binds the world (default @sluice/aws);
HELM and KUBECONFIG are looked at.`;

const text = { type: "string" } as const;
const OPTIONS = { namespace: text, values: text, image: text, answer: text } as const;
type Options = Partial<Record<keyof typeof OPTIONS, string>>;
type World = { blobs: Blobs; documents: Documents };

interface Arguments {
  verb: string | undefined;
  photos: string[];
  options: Options;
}

function readArguments(): Arguments {
  try {
    const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    const [verb, ...photos] = positionals;
    return { verb: photos.length > 0 && verb !== "predict" ? undefined : verb, photos, options: values };
  } catch (cause) {
    throw new SluiceError("usage.invalid", (cause as Error).message, USAGE, { cause });
  }
}

async function readPhoto(named: string, blobs: Blobs) {
  const [role, digest = ""] = named.split(":");
  return {
    photo: await blobs.get(photoKey(digest)),
    role: role === "any" ? undefined : Role.parse(role),
  };
}

async function main({ verb, photos, options }: Arguments): Promise<void> {
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
      const asked = await Promise.all(photos.map((photo) => readPhoto(photo, blobs)));
      return answer({ answers: await predict(asked, namespace, tool) });
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
