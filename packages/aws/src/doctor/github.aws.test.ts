import { randomBytes } from "node:crypto";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { expect, onTestFinished, test } from "vitest";
import { sdk } from "../clients";
import { startGitHub } from "../forge/testing/github";
import { githubChecks } from "./github";

/** A stage of the running test whose secret holds the key, with GitHub's double. */
async function stageWith(key?: string) {
  const github = await startGitHub();
  const stage = `test-${randomBytes(5).toString("hex")}`;
  const client = sdk(SecretsManagerClient);
  const { ARN: SecretId } = await client.send(
    new CreateSecretCommand({
      Name: `sluice/${stage}/github-app-key`,
      SecretString: key ?? github.privateKey,
    }),
  );
  onTestFinished(async () => {
    await github.close();
    await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }));
  });
  const { owner, repo, appId, installationId, url: apiUrl } = github;
  return { stage, app: { owner, repo, appId, installationId, apiUrl } };
}

test("a key that opens the repository", async () => {
  const { stage, app } = await stageWith();
  expect(await githubChecks(stage, app, "eu-west-1")).toEqual([
    { name: "GitHub", state: "ok", detail: "App 4711 reaches water-works/meters" },
  ]);
});

test("another repository, another App, a key that is none: each is named with where it is mended", async () => {
  const { stage, app } = await stageWith();
  for (const wrong of [{ repo: "elsewhere" }, { appId: 1 }]) {
    const [check] = await githubChecks(stage, { ...app, ...wrong }, "eu-west-1");
    expect(check).toMatchObject({ state: "missing", fix: expect.stringContaining("docs/operations.md") });
  }
  const broken = await stageWith("no key");
  expect(await githubChecks(broken.stage, broken.app, "eu-west-1")).toMatchObject([
    { state: "missing", detail: "The GitHub App's private key cannot be read" },
  ]);
});
