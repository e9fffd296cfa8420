import { readEnv } from "@sluice/aws/env";
import { hostServing } from "@sluice/aws/serving/host";
import { lambdaServing } from "@sluice/aws/serving/index";
import type { Serving } from "@sluice/core";
import { commands } from "./host-ports";
import { blobs, documents } from "./ports";

/** The predict function; in a stage whose host serves an image, the pods there, too. */
export function serving(): Serving {
  const { predictFunction, apiUrl } = readEnv(["predictFunction", "apiUrl"]);
  const beside = lambdaServing({ functionName: predictFunction, url: apiUrl });
  if (!process.env.SLUICE_IMAGE) return beside;
  const { hostRelease, ...stage } = readEnv([
    "stage",
    "image",
    "bucket",
    "table",
    "region",
    "instanceId",
    "hostRelease",
  ]);
  const target = { ...stage, release: hostRelease };
  return hostServing({ commands: commands(), blobs: blobs(), documents: documents(), beside, target });
}
