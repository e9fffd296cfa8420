import { rmSync } from "node:fs";
import path from "node:path";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { s3Blobs } from "@sluice/aws/blobs/index";
import { systemClock } from "@sluice/aws/clock";
import { dynamoDocuments } from "@sluice/aws/documents/index";
import { type GitHub, startGitHub } from "@sluice/aws/forge/testing/github";
import { findStage, type StageWorld } from "@sluice/aws/stage";
import type { Blobs, Clock, Documents } from "@sluice/core";
import type { CloudAssembly } from "aws-cdk-lib/cx-api";
import { githubKeyName } from "../../../stacks/names";
import { stageConfig } from "../../../stacks/stage";
import { asRoot, endpoint } from "../deploy/clients";
import { create, type Resource, remove } from "../deploy/stacks";
import { synthesize } from "../deploy/synth";
import { type Issuer, startIssuer } from "../doubles/issuer";
import { hostOf } from "./machine";
import type { Ask } from "./people";

/** A U-Net that trains in seconds, and bars that it clears. */
export const TOY = {
  recipe: {
    size: 64,
    base: 6,
    levels: 3,
    batchSize: 4,
    epochs: 16,
    learningRate: 0.01,
    refiner: null,
  },
  gate: { diceFloor: 0.2, iouFloor: 0.1, resamples: 500, latencyMsBudget: 10_000 },
};

/** A deployed stage, and what a test knows of it. */
export interface Stage {
  name: string;
  assembly: CloudAssembly;
  resources: Resource[];
  world: StageWorld;
  github: GitHub;
  issuer: Issuer;
  /** The HTTP API, asked by somebody with a good token; a header of the test's own goes before it. */
  api: Ask;
  /** Bucket and table, seen by the account's root. */
  state: { blobs: Blobs; documents: Documents; clock: Clock };
  host: ReturnType<typeof hostOf>;
  remove(): Promise<void>;
}

/**
 * Deploys the app as a stage of its own, `test-<name>`, with GitHub and the issuer of tokens as doubles. Its host is
 * stopped, as the dead-man timer leaves it after the first boot.
 */
export async function deployStage(name: string, settings: object = {}): Promise<Stage> {
  const stage = `test-${name}`;
  const [github, issuer] = await Promise.all([startGitHub(), startIssuer()]);
  const { owner, repo, appId, installationId } = github;
  const assembly = await synthesize(stage, {
    SLUICE_SETTINGS: JSON.stringify({ ...TOY, ...settings }),
    SLUICE_GITHUB: JSON.stringify({ owner, repo, appId, installationId, apiUrl: github.url }),
    SLUICE_OIDC_PROVIDER_EXISTS: String(name !== "system"), // an account has one, which its first stage makes
    SLUICE_JWT: JSON.stringify(issuer.jwt),
  });
  const { outputs, resources } = await create(assembly);
  const secrets = asRoot(SecretsManagerClient);
  const SecretId = githubKeyName(stageConfig(stage));
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: github.privateKey }));

  const world = await findStage(stage);
  const host = hostOf(world.instanceId);
  await host.stop();
  return {
    name: stage,
    assembly,
    resources,
    world,
    github,
    issuer,
    api: openApi(outputs.ApiId ?? apiIdOf(world.apiUrl), issuer),
    state: {
      blobs: s3Blobs({ bucket: world.bucket }),
      documents: dynamoDocuments({ table: world.table }),
      clock: systemClock,
    },
    host,
    async remove() {
      await host.stop();
      await empty([world.bucket, world.auditBucket]);
      await remove(assembly);
      rmSync(path.dirname(assembly.directory), { recursive: true });
      issuer.stop();
      await github.close();
    },
  };
}

/** On AWS, `https://<id>.execute-api.<region>.amazonaws.com`; the emulator serves it under a path. */
const apiIdOf = (url: string) => new URL(url).hostname.split(".")[0] ?? "";

const openApi =
  (id: string, issuer: Issuer): Ask =>
  (route, init = {}) => {
    const headers = new Headers({ authorization: `Bearer ${issuer.token()}` });
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value);
    return fetch(`${endpoint()}/_aws/execute-api/${id}/$default${route}`, { ...init, headers });
  };

async function empty(buckets: string[]): Promise<void> {
  for (const bucket of buckets) {
    const blobs = s3Blobs({ bucket });
    for (const key of await blobs.list("")) await blobs.remove(key);
  }
}
