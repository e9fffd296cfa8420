import { SluiceError } from "@sluice/core/errors";

/** Before the line itself: installing a new release and its packages. */
export const SET_UP_SECONDS = 30 * 60;
/** SSM's own limit of executionTimeout: 48 hours. */
const MOST_SECONDS = 172_800;

/** What programs on the host need to know of their stage. */
export interface StageOfHost {
  stage: string;
  bucket: string;
  table: string;
  region: string;
  /** SHA-256 of the host release whose programs run the line. */
  release: string;
}

export interface Sent {
  id: string;
  line: string;
  timeoutSeconds: number;
}

/** The shell line that SSM's agent runs: `sluice-host` runs the command's own line with the release's programs. */
export function hostLine({ id, line, timeoutSeconds }: Sent, stage: StageOfHost): string {
  const env = {
    SLUICE_STAGE: stage.stage,
    SLUICE_BUCKET: stage.bucket,
    SLUICE_TABLE: stage.table,
    SLUICE_WORLD: "@sluice/aws",
    AWS_REGION: stage.region,
    AWS_SDK_UA_APP_ID: "host",
  };
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const options = ["--release", stage.release, "--id", id, "--timeout", String(timeoutSeconds)];
  return [
    'PATH="$PATH:/usr/local/bin"',
    ...assignments,
    "sluice-host run",
    ...options,
    "--",
    quoted(line),
  ].join(" ");
}

/** For POSIX sh. SSM would fill `{{ … }}` in, so that a line may not have it. */
export function quoted(text: string): string {
  if (text.includes("{{")) {
    throw new SluiceError("usage.invalid", `${JSON.stringify(text)} has {{, which SSM would fill in`);
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export const executionTimeout = (timeoutSeconds: number): string =>
  String(Math.min(timeoutSeconds + SET_UP_SECONDS, MOST_SECONDS));
