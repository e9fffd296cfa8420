import { readEnv, readGithub } from "@sluice/aws/env";
import { githubForge, recordedForge } from "@sluice/aws/forge/index";
import { secret } from "@sluice/aws/forge/secret";
import { blobs } from "./ports";

/** GitHub, or where none is configured, a record in the bucket. */
export function forge() {
  const github = readGithub();
  if (!github) return recordedForge({ blobs: blobs() });
  const { githubKeySecret, stage } = readEnv(["githubKeySecret", "stage"]);
  return githubForge({ ...github, namespace: stage, privateKey: () => secret(githubKeySecret) });
}
