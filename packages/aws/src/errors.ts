import { type ErrorCode, isSluiceError, SluiceError } from "@sluice/core/errors";

/** The call that failed, as the SDK knows it. */
export interface FailedCall {
  /** `S3Client` */
  client?: string;
  /** `PutObjectCommand` */
  command?: string;
  input?: object;
}

const CREDENTIALS =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature|AuthFailure|MissingAuthenticationToken(Exception)?)$/;
const DENIED =
  /^(AccessDenied(Exception)?|UnauthorizedOperation|NotAuthorized|AuthorizationError|Forbidden|403)$/;
const THROTTLED =
  /^(Throttl\w*|TooManyRequests(Exception)?|RequestLimitExceeded|ProvisionedThroughputExceeded(Exception)?|SlowDown|BandwidthLimitExceeded|RequestThrottled(Exception)?|EC2ThrottledException|PriorRequestNotComplete|TransactionInProgressException)$/;
const MISSING =
  /^(NoSuchBucket|ResourceNotFoundException|StateMachineDoesNotExist|ParameterNotFound|InvalidInstanceI[Dd](\.\w+)?)$/;
const WRONG_REGION =
  /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|301)$/;
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|ETIMEDOUT|TimeoutError|NetworkingError)$/;

/** An error of the SDK as one that names the resource and the remedy; others are given back as they are. */
export function clearError(error: unknown, call: FailedCall = {}): unknown {
  if (!(error instanceof Error) || isSluiceError(error)) return error;
  const names = namesOf(error);
  const is = (pattern: RegExp) => names.some((name) => pattern.test(name));
  const what = described(call);
  const say = (code: ErrorCode, message: string, hint: string) =>
    new SluiceError(code, message, hint, { cause: error });

  if (is(CREDENTIALS) || /security token .* expired|Could not load credentials/i.test(error.message))
    return say(
      "world.credentials",
      `${what}: the credentials are missing, expired or unknown (${error.message})`,
      SIGN_IN,
    );
  if (is(/^RequestTimeTooSkewed$/))
    return say("world.credentials", `${what}: the clock of this machine is wrong`, "Set it by NTP.");
  if (is(THROTTLED))
    return say(
      "world.throttled",
      `${what}: AWS is asked too often, also after retries`,
      "Try again in a minute.",
    );
  if (is(WRONG_REGION)) return say("world.misconfigured", `${what}: it lies in another region`, DEPLOYED);
  if (is(DENIED)) return say("world.denied", `${what}: ${denial(error.message)}`, GRANT);
  if (is(MISSING)) return say("world.misconfigured", `${what}: there is none (${error.message})`, DEPLOYED);
  if (/^Region is missing/.test(error.message))
    return say("world.misconfigured", `${what}: no region is set`, DEPLOYED);
  if (is(UNREACHABLE))
    return say("world.unreachable", `${what}: AWS is not reached (${error.message})`, NETWORK);
  return error;
}

const SIGN_IN =
  "Sign in again (aws sso login), or see AWS_PROFILE; on AWS itself: the role of the function or host.";
const GRANT = "Grant it to the role where its stack declares it, and deploy the stage.";
const DEPLOYED = "Is the stage deployed, and in this region? See AWS_REGION, and: sluice doctor --aws.";
const NETWORK = "See the network, and AWS_ENDPOINT_URL and AWS_REGION, which name where it is looked for.";

/** By which it may be known: the SDK says it in the name, in `Code`, in Node's `code`, or only as HTTP status. */
function namesOf(error: Error): string[] {
  const { name, Code, code, cause, $metadata } = error as Error & {
    Code?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const status = /^Unknown/.test(name) ? $metadata?.httpStatusCode : undefined;
  const inner = cause instanceof Error ? namesOf(cause) : [];
  return [name, Code, code, status]
    .filter((part) => part !== undefined)
    .map(String)
    .concat(inner);
}

/** Who may not do what on what, out of IAM's own words. */
function denial(message: string): string {
  const said =
    /(?:User: )?(\S+) is not authorized to perform: (\S+?)(?: on resource: "?([^\s"]+)"?)?(?:[\s,.]|$)/.exec(
      message,
    );
  if (!said) return `access is denied (${message})`;
  const [, who, action, resource] = said;
  return `${who} may not ${action}${resource ? ` on ${resource}` : ""}`;
}

/** Which of a call's fields names what it is about. */
const RESOURCES: [field: string, word: string][] = [
  ["Bucket", "bucket"],
  ["TableName", "table"],
  ["stateMachineArn", "state machine"],
  ["executionArn", "execution"],
  ["FunctionName", "function"],
  ["SecretId", "secret"],
  ["InstanceId", "instance"],
  ["InstanceIds", "instance"],
  ["StackName", "stack"],
  ["Name", "parameter"],
];

function described({ client = "AWS", command = "", input = {} }: FailedCall): string {
  const verb = [client, command]
    .map((name) => name.replace(/(Client|Command)$/, ""))
    .join(" ")
    .trim();
  const field = RESOURCES.find(([name]) => name in input);
  if (!field) return verb;
  const { [field[0]]: name, Key } = input as Record<string, unknown>;
  const key = field[0] === "Bucket" && typeof Key === "string" ? `, key ${Key}` : "";
  return `${verb} on ${field[1]} ${name}${key}`;
}
