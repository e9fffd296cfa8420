import { generateKeyPairSync } from "node:crypto";
import type { Forge } from "@sluice/core/ports";
import { describe, expect, test } from "vitest";
import type { GitHubSettings } from "./client";
import { champion, closeAfterEach, github } from "./testing/forge";
import type { Fault } from "./testing/state";

closeAfterEach();

describe("limits and failures of GitHub", () => {
  test.each<[string, Fault]>([
    ["502", { method: "GET", path: /git\/ref\//, status: 502, times: 2 }],
    ["502 for the token", { method: "POST", path: /access_tokens$/, status: 502 }],
    ["a broken connection", { method: "GET", path: /pulls$/, status: 0 }],
    [
      "the secondary limit",
      {
        method: "POST",
        path: /pulls$/,
        status: 403,
        message: "You have exceeded a secondary rate limit",
        headers: { "retry-after": "2" },
      },
    ],
    [
      "the rate limit that is over soon",
      {
        method: "POST",
        path: /git\/trees$/,
        status: 403,
        message: "API rate limit exceeded",
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.ceil(Date.now() / 1_000) + 20),
        },
      },
    ],
  ])("%s is waited for", async (_, fault) => {
    const { forge, state } = await github();
    state.faults.push(fault);
    await forge.openPullRequest(champion(1));
    expect(state.pulls).toHaveLength(1);
    expect(state.faults).toEqual([]);
  });

  test("a limit that lasts, and a GitHub that stays away, are told apart from what is wrong here", async () => {
    const { forge, state } = await github();
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Date.now() / 1_000 + 3_000) };
    state.faults.push({
      method: "GET",
      path: /pulls$/,
      status: 403,
      message: "API rate limit exceeded",
      headers,
    });
    await expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({ code: "world.throttled" });
    state.faults.push({ method: "GET", path: /pulls$/, status: 503, times: 50 });
    await expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({ code: "world.unreachable" });
  });
});

describe("what is missing is named with its remedy", () => {
  const fails = async (forge: Forge, message: RegExp, hint: RegExp) =>
    expect(forge.openPullRequest(champion(1))).rejects.toMatchObject({
      code: "forge.failed",
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

  test.each<[string, Partial<GitHubSettings>, RegExp, RegExp]>([
    ["no key", { privateKey: async () => "" }, /private key cannot be read/, /\.pem/],
    ["no RSA key", { privateKey: async () => "-----BEGIN" }, /private key cannot be read/, /BEGIN and END/],
    [
      "another App's key",
      { privateKey: async () => otherKey.export({ type: "pkcs8", format: "pem" }).toString() },
      /does not take the key of App 4711/,
      /new private key/,
    ],
    ["an unknown App", { appId: 1 }, /knows no App 1/, /App's id/],
    [
      "no installation",
      { installationId: 1 },
      /App 4711 has no installation 1/,
      /Install it on water-works\/meters/,
    ],
    [
      "another repository",
      { repo: "elsewhere" },
      /does not find \/repos\/water-works\/elsewhere/,
      /installed on it/,
    ],
  ])("%s", async (_, changes, message, hint) => {
    const { forge } = await github(changes);
    await fails(forge, message, hint);
  });

  test("a permission", async () => {
    const { forge, state } = await github();
    state.permissions = { contents: "write", metadata: "read", pull_requests: "read" };
    await fails(forge, /may not do it in water-works\/meters/, /pull_requests=write/);
  });

  test("a permission for auto-merge", async () => {
    const { forge, state } = await github();
    state.requiredChecks = ["ci"];
    const { number } = await forge.openPullRequest(champion(1));
    state.permissions = { contents: "write", metadata: "read", pull_requests: "read" };
    await expect(forge.autoMerge({ number })).rejects.toMatchObject({
      code: "forge.failed",
      hint: expect.stringContaining("pull_requests=write"),
    });
  });

  test("a suspended installation", async () => {
    const { forge, state } = await github();
    state.isSuspended = true;
    await fails(forge, /suspended/, /installation/);
  });

  test("a key that is put right is taken without a restart", async () => {
    const keys: string[] = ["not yet"];
    const { forge, privateKey } = await github({ privateKey: async () => keys[0] as string });
    await fails(forge, /private key cannot be read/, /secret/);
    keys[0] = privateKey;
    expect(await forge.openPullRequest(champion(1))).toMatchObject({ number: expect.any(Number) });
  });
});
