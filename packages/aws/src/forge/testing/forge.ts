import { afterEach, expect } from "vitest";
import type { GitHubSettings } from "../client";
import { githubForge } from "../github";
import { type GitHub, startGitHub } from "./github";

const started: GitHub[] = [];

/** In a test file, once: every server is closed after its test, and has seen nothing that GitHub would not know. */
export function closeAfterEach(): void {
  afterEach(async () => {
    const violations = started.flatMap(({ state }) => state.violations);
    for (const server of started.splice(0)) await server.close();
    expect(violations).toEqual([]);
  });
}

/** A GitHub of one's own, and the forge on it. */
export async function github(changes: Partial<GitHubSettings> = {}) {
  const server = await startGitHub();
  started.push(server);
  return { ...server, forge: forgeOn(server, changes) };
}

export function forgeOn(server: GitHub, changes: Partial<GitHubSettings> = {}) {
  const { owner, repo, appId, installationId, privateKey, url } = server;
  const settings = { owner, repo, appId, installationId, apiUrl: url, privateKey: async () => privateKey };
  return githubForge({ ...settings, secondMs: 5, ...changes });
}

export const champion = (model: number) => ({
  branch: `sluice/model-${model}`,
  title: `Model ${model}: Dice 0.9312`,
  body: "Better by all four rules.\n\n![Curves](models/1/curves.png)\n",
  files: { "models/champion.json": `{"model":${model}}\n`, "dataset.json": '{"version":"ab"}\n' },
});
