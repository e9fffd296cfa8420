/** The emulator's own calls: a log of what was asked of it, and faults on demand. See `test/aws/emulator/faults.py`. */
export interface LoggedRequest {
  /** Seconds since 1970. */
  time: number;
  /** `s3`, `dynamodb`, `ec2`, `ssm`, `states`, `lambda` … */
  service: string;
  /** `SendCommand`, `PutObject` … */
  action: string;
  /** Of S3 `bucket/key`; else the name, id or ARN that the call is about. */
  resource: string;
  /** AWS_SDK_UA_APP_ID of the caller. */
  app: string | null;
  status: number;
  /** The error that was answered instead of, or after, what was asked. */
  fault?: string;
}

export interface Fault {
  service: string;
  action?: string;
  /** A piece of the resource. */
  resource?: string;
  /** Only calls of this app id. */
  app?: string;
  /** How many calls; 1 by default. */
  count?: number;
  /** `ThrottlingException` by default. */
  code?: string;
  /** 400 by default. */
  status?: number;
  message?: string;
  /** The call is carried out, and its answer lost. */
  after?: boolean;
}

const ask = async (path: string, init?: RequestInit): Promise<Response> => {
  const answer = await fetch(`${process.env.AWS_ENDPOINT_URL}/_sluice/${path}`, init);
  if (!answer.ok) throw new Error(`The emulator answers ${answer.status} to ${path}: ${await answer.text()}`);
  return answer;
};

/**
 * Name the resource: the files of a run share one emulator.
 *
 * @example await inject({ service: "ec2", action: "StartInstances", resource: id, code: "InsufficientInstanceCapacity" });
 */
export async function inject(fault: Fault): Promise<void> {
  await ask("faults", { method: "POST", body: JSON.stringify(fault) });
}

/** @param resource only those injected with this resource, so that tests that run beside this one keep theirs */
export async function clearFaults(resource?: string): Promise<void> {
  await ask("faults", { method: "DELETE", body: JSON.stringify({ resource }) });
}

/** An SSM agent that goes away while its instance runs, and comes back. */
export async function setAgent(instance: string, up: boolean): Promise<void> {
  await ask("agents", { method: "POST", body: JSON.stringify({ instance, up }) });
}

/** All requests so far, oldest first. */
export async function requests(): Promise<LoggedRequest[]> {
  const lines = (await (await ask("requests")).text()).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as LoggedRequest);
}

/** What IAM was asked by a Lambda's role, or the host's. */
export interface AccessCheck {
  /** Seconds since 1970. */
  time: number;
  /** `arn:aws:sts::…:assumed-role/<role>/<function's name, or the instance's id>` */
  principal: string;
  /** `s3:PutObject` */
  action: string;
  resource: string;
  allowed: boolean;
}

/** All checks so far, oldest first. */
export async function accessChecks(): Promise<AccessCheck[]> {
  const lines = (await (await ask("access")).text()).split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as AccessCheck);
}
