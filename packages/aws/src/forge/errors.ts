import { isSluiceError, SluiceError } from "@sluice/core/errors";
import type { GitHubSettings } from "./client";

/** What Octokit throws for an answer that is no success; a broken connection counts as status 500. */
interface Refused extends Error {
  status: number;
  request: { url: string };
  response?: {
    headers: Record<string, string | undefined>;
    data?: { message?: string; errors?: { message?: string }[] };
  };
}
export const isRefused = (error: unknown): error is Refused =>
  error instanceof Error && "status" in error && typeof error.status === "number";
export const isStatus = (error: unknown, ...statuses: number[]): error is Refused =>
  isRefused(error) && statuses.includes(error.status);
export const isTransient = (error: unknown): boolean => isRefused(error) && error.status >= 500;

/** GitHub's own words, without the address that Octokit puts behind them. */
export const wordsOf = (error: Refused): string => error.response?.data?.message ?? error.message;

/** What a GraphQL mutation answered instead of doing it. */
export interface Declined extends Error {
  errors: { type?: string; message: string }[];
}
export const isDeclined = (error: unknown): error is Declined =>
  error instanceof Error && error.name === "GraphqlResponseError" && "errors" in error;

/** GitHub's error with what is wrong and the remedy. Limits and failures that pass have codes that are retried. */
export function explained(error: unknown, settings: GitHubSettings): SluiceError {
  if (isSluiceError(error)) return error;
  if (isDeclined(error)) return declined(error, settings);
  if (!isRefused(error))
    return failed(`The forge could not do it: ${(error as Error)?.message ?? error}`, "", error);
  if (isLimit(error)) {
    const hint = "It passes by itself; the step can be asked again.";
    return new SluiceError("world.throttled", `GitHub limits the App: ${wordsOf(error)}`, hint, {
      cause: error,
    });
  }
  if (error.status >= 500) {
    const message = `GitHub does not answer (${error.status}: ${wordsOf(error)})`;
    const hint = "See githubstatus.com; the step can be asked again.";
    return new SluiceError("world.unreachable", message, hint, { cause: error });
  }
  const [message, hint] = error.request.url.includes("/access_tokens")
    ? noToken(error, settings)
    : noAccess(error, settings);
  return failed(message, hint, error);
}

const failed = (message: string, hint: string, cause: unknown) =>
  new SluiceError("forge.failed", message, hint, { cause });

function isLimit({ status, message, response }: Refused): boolean {
  if (status === 429) return true;
  return (
    status === 403 && (/rate limit/i.test(message) || response?.headers["x-ratelimit-remaining"] === "0")
  );
}

type Words = [message: string, hint: string];

function noToken(error: Refused, { appId, installationId, owner, repo }: GitHubSettings): Words {
  if (error.status === 401) {
    return [
      `GitHub does not take the key of App ${appId}: ${wordsOf(error)}`,
      "Make a new private key in the App's settings and put it into the stage's secret; check the App's id.",
    ];
  }
  if (error.status === 404 && /integration/i.test(wordsOf(error))) {
    return [`GitHub knows no App ${appId}`, "Check the App's id in the stage's settings."];
  }
  if (error.status === 404) {
    return [
      `App ${appId} has no installation ${installationId}`,
      `Install it on ${owner}/${repo}, and take the installation's id from the address of its settings page.`,
    ];
  }
  return [
    `GitHub gives App ${appId} no token: ${wordsOf(error)}`,
    "Look at the installation in GitHub's settings.",
  ];
}

function noAccess(error: Refused, { owner, repo }: GitHubSettings): Words {
  const name = `${owner}/${repo}`;
  if (error.status === 403) {
    const needed =
      error.response?.headers["x-accepted-github-permissions"] ?? "contents=write, pull_requests=write";
    return [
      `The GitHub App may not do it in ${name}: ${wordsOf(error)}`,
      `Give it the permission ${needed} in its settings, and accept it for the installation.`,
    ];
  }
  if (error.status === 404) {
    return [
      `GitHub does not find ${new URL(error.request.url).pathname}`,
      `Check the name ${name}, and that the App is installed on it.`,
    ];
  }
  const details = (error.response?.data?.errors ?? []).map((one) => one.message ?? "").filter(Boolean);
  return [`GitHub refused it in ${name}: ${[wordsOf(error), ...details].join("; ")}`, ""];
}

function declined(error: Declined, settings: GitHubSettings): SluiceError {
  const message = error.errors.map((one) => one.message).join("; ");
  const isForbidden = error.errors.some(({ type }) => type === "FORBIDDEN");
  const hint = isForbidden ? "Give the App contents=write and pull_requests=write in its settings." : "";
  return failed(`GitHub refused it in ${settings.owner}/${settings.repo}: ${message}`, hint, error);
}
