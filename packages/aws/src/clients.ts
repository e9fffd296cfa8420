import { clearError } from "./errors";

/** Tries of a call, with growing pauses between, where AWS throttles or fails. */
const MAX_ATTEMPTS = 6;
const CONNECT_MS = 3_000;
/** Between two bytes: a call that is silent for longer is tried again. */
const SILENCE_MS = 20_000;

interface Settings {
  maxAttempts: number;
  retryMode: "standard";
  forcePathStyle: boolean;
  requestHandler: { connectionTimeout: number; socketTimeout: number };
}
/** Where and as whom it asks, where that is not the environment's. */
interface Place {
  region?: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}
type Call = { input: object };
type Context = { clientName?: string; commandName?: string };
type Next = (call: Call) => Promise<unknown>;
interface Stack {
  add(around: (next: Next, context: Context) => Next, options: { step: "initialize"; name: string }): void;
}

/**
 * The one place where clients of AWS are made: they retry, have time limits, and speak clear errors (`errors.ts`).
 * Region, credentials and AWS_ENDPOINT_URL are read from the environment.
 *
 * @example const client = sdk(S3Client);
 */
export function sdk<C>(Client: new (settings: Settings) => C, more: Partial<Settings> & Place = {}): C {
  const client = new Client({
    maxAttempts: MAX_ATTEMPTS,
    retryMode: "standard",
    forcePathStyle: Boolean(process.env.AWS_ENDPOINT_URL),
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    ...more,
  });
  const { middlewareStack } = client as unknown as { middlewareStack: Stack };
  const around = (next: Next, { clientName, commandName }: Context): Next => {
    return async (call) => {
      try {
        return await next(call);
      } catch (error) {
        throw clearError(error, { client: clientName, command: commandName, input: call.input });
      }
    };
  };
  middlewareStack.add(around, { step: "initialize", name: "clearErrors" });
  return client;
}
