import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { sdk } from "../clients";
import { openClient } from "../forge/client";
import { secret } from "../forge/secret";
import { ask, type Check, ok } from "./check";

export interface GithubApp {
  owner: string;
  repo: string;
  appId: number;
  installationId: number;
  apiUrl?: string;
}

const FIX = "See docs/operations.md: the GitHub App, its installation, its key in Secrets Manager.";

/** Whether the App's key opens the repository. */
export const githubChecks = (stage: string, app: GithubApp, region: string): Promise<Check[]> =>
  ask("GitHub", FIX, async () => {
    const client = sdk(SecretsManagerClient, { region });
    const privateKey = () => secret(`sluice/${stage}/github-app-key`, client);
    const github = await openClient({ ...app, privateKey });
    const { owner, repo } = app;
    const { data } = await github.request("GET /repos/{owner}/{repo}", { owner, repo });
    return ok("GitHub", `App ${app.appId} reaches ${data.full_name}`);
  });
