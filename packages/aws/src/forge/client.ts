import { createPrivateKey } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { SluiceError } from "@sluice/core/errors";

export interface GitHubSettings {
  owner: string;
  repo: string;
  appId: number;
  installationId: number;
  /** The App's private key, PEM; asked for when it is first needed. */
  privateKey: () => Promise<string>;
  /** Another API than github.com's. */
  apiUrl?: string;
  /** `main`, if not said. */
  mainBranch?: string;
  /** Put into branches and comments, where several stages share a repository. */
  namespace?: string;
  /** What a second of waiting is. */
  secondMs?: number;
}

const REQUEST_TIMEOUT_MS = 30_000;
const LONGEST_WAIT_S = 60;
/** GitHub has said no: asking again changes nothing. What it says by 403 and 429 about limits is the throttle's. */
const FINAL = [400, 401, 403, 404, 405, 409, 410, 415, 422, 429, 451];
const Client = Octokit.plugin(retry, throttling);
export type Client = InstanceType<typeof Client>;

/** Octokit as the App's installation: limits are waited for where they are short, failures of GitHub asked again. */
export async function openClient(settings: GitHubSettings): Promise<Client> {
  const { appId, installationId, apiUrl, secondMs = 1_000 } = settings;
  const isWorthIt = (seconds: number, _options: unknown, _octokit: unknown, count: number) =>
    seconds <= LONGEST_WAIT_S && count < 2;
  return new Client({
    authStrategy: createAppAuth,
    auth: { appId, installationId, privateKey: readable(await settings.privateKey()) },
    ...(apiUrl && { baseUrl: apiUrl }),
    userAgent: "sluice",
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }, // what matters is thrown
    request: {
      fetch: (url: string, options: RequestInit) =>
        fetch(url, { ...options, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }),
    },
    retry: { doNotRetry: FINAL, retryAfterBaseValue: secondMs },
    throttle: {
      retryAfterBaseValue: secondMs,
      onRateLimit: isWorthIt,
      onSecondaryRateLimit: isWorthIt,
      write: atOnce as never,
      notifications: atOnce as never,
    },
  });
}

/** The plugin would put seconds between writes, as for crawlers; a run makes about ten, one after the other. */
const atOnce = {
  key: () => ({
    schedule: <A extends unknown[], R>(_options: unknown, work: (...args: A) => R, ...args: A): R =>
      work(...args),
  }),
};

/** The key in the form that every runtime takes. */
function readable(pem: string): string {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== "rsa") throw new Error(`it is a key of ${key.asymmetricKeyType}`);
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  } catch (cause) {
    throw new SluiceError(
      "forge.failed",
      "The GitHub App's private key cannot be read",
      "Put the .pem file that GitHub gave into the stage's secret, whole, with its BEGIN and END lines.",
      { cause },
    );
  }
}
