import { SluiceError } from "@sluice/core/errors";

/** The port that the host's security group opens where the stage asks for it. */
const NODE_PORT = 30_080;
export const PULL_SECRET = "registry";

export interface Wanted {
  stage: string;
  /** `<repository>@sha256:…`, or `<repository>:<tag>` where no tag moves. */
  image: string;
  bucket: string;
  table: string;
  region: string;
}

/** What the chart is told besides the stage's own file. */
export function valuesOf({ image, bucket, table, region }: Wanted) {
  return {
    image: { ...parseImage(image), ...(ecrOf(image) && { pullSecrets: [PULL_SECRET] }) },
    world: { kind: "aws", bucket, table, region },
    service: { nodePort: NODE_PORT },
  };
}

/** A stage has a host of its own, and so just one of the chart's stages. */
export const stageFile = (stage: string): string => (stage === "prod" ? "production.yaml" : "staging.yaml");

/** Throws `usage.invalid`. */
function parseImage(
  image: string,
): { repository: string; digest: string } | { repository: string; tag: string } {
  const found = /^([^@\s]+?)(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))$/.exec(image);
  const [, repository = "", digest, tag = ""] = found ?? [];
  if (!found) throw new SluiceError("usage.invalid", `${image} is no image`, "Name it by its digest.");
  return digest ? { repository, digest } : { repository, tag };
}

/** The registry and region of an image that lies in ECR, which wants a login. */
export function ecrOf(image: string): { registry: string; region: string } | undefined {
  const found = /^(\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)\//.exec(image);
  return found ? { registry: found[1]!, region: found[2]! } : undefined;
}
