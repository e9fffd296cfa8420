import type { Forge } from "@sluice/core/ports";
import { type Client, type GitHubSettings, openClient } from "./client";
import { comment } from "./comments";
import { explained } from "./errors";
import { autoMerge } from "./merge";
import { openPullRequest } from "./pulls";

/**
 * A repository on GitHub, as an installed GitHub App with contents and pull requests to write.
 *
 * Every call throws `forge.failed` naming what is missing and the remedy, `world.throttled` or `world.unreachable`
 * for what passes by itself.
 *
 * @example githubForge({ owner: "water-works", repo: "meters", appId: 1, installationId: 2, privateKey })
 */
export function githubForge(settings: GitHubSettings): Forge {
  let opened: Promise<Client> | undefined;
  async function asked<T>(work: (client: Client) => Promise<T>): Promise<T> {
    opened ??= openClient(settings);
    try {
      return await work(await opened);
    } catch (error) {
      opened = undefined; // the key may be a new one next time
      throw explained(error, settings);
    }
  }
  return {
    comment: (input) => asked((client) => comment(input, client, settings)),
    openPullRequest: (input) => asked((client) => openPullRequest(input, client, settings)),
    autoMerge: (input) => asked((client) => autoMerge(input, client, settings)),
  };
}
