import { SluiceError } from "@sluice/core/errors";
import { parseJson } from "@sluice/core/json-blob";
import { Settings } from "@sluice/core/settings/index";
import * as z from "zod";

/** What the stacks tell a deployed program, by the name that the code uses. */
const VARIABLES = {
  stage: "SLUICE_STAGE",
  bucket: "SLUICE_BUCKET",
  auditBucket: "SLUICE_AUDIT_BUCKET",
  table: "SLUICE_TABLE",
  instanceId: "SLUICE_INSTANCE_ID",
  stateMachineArn: "SLUICE_STATE_MACHINE_ARN",
  predictFunction: "SLUICE_PREDICT_FUNCTION",
  apiUrl: "SLUICE_API_URL",
  codeCommit: "SLUICE_CODE_COMMIT",
  hostRelease: "SLUICE_HOST_RELEASE",
  image: "SLUICE_IMAGE",
  githubKeySecret: "SLUICE_GITHUB_KEY_SECRET",
  region: "AWS_REGION",
} as const;
export type Variable = keyof typeof VARIABLES;

/**
 * The variables named. Throws `world.misconfigured` naming all that are missing.
 *
 * @example const { bucket, table } = readEnv(["bucket", "table"]);
 */
export function readEnv<K extends Variable>(names: readonly K[], env = process.env): Record<K, string> {
  const missing = names.map((name) => VARIABLES[name]).filter((variable) => !env[variable]);
  if (missing.length > 0)
    throw misconfigured(`${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} not set`);
  return Object.fromEntries(names.map((name) => [name, env[VARIABLES[name]]])) as Record<K, string>;
}

/** SLUICE_SETTINGS; without it the defaults. Throws `world.misconfigured`. */
export const readSettings = (env = process.env): Settings =>
  readJsonVariable("SLUICE_SETTINGS", Settings.prefault({}), env);

export interface Github {
  owner: string;
  repo: string;
  appId: number;
  installationId: number;
  apiUrl?: string;
}

/** SLUICE_GITHUB; undefined where no forge is configured. Throws `world.misconfigured`. */
export function readGithub(env = process.env): Github | undefined {
  const number = z.coerce.number().int().positive();
  const schema = z.object({
    owner: z.string().min(1),
    repo: z.string().min(1),
    appId: number,
    installationId: number,
    apiUrl: z.url().optional(),
  });
  return readJsonVariable("SLUICE_GITHUB", schema.optional(), env);
}

function readJsonVariable<S extends z.ZodType>(name: string, schema: S, env: NodeJS.ProcessEnv): z.output<S> {
  const text = env[name];
  const value = text ? parseJson(text) : undefined;
  if (text && value === undefined) throw misconfigured(`${name} is no JSON`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw misconfigured(`${name} does not fit: ${issue?.path.join(".") || "it"}: ${issue?.message}`);
}

const misconfigured = (fault: string) =>
  new SluiceError(
    "world.misconfigured",
    fault,
    "Deploy the stage again: its stacks set what its programs read.",
  );
