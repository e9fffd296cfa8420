import { SluiceError } from "@sluice/core/errors";
import { Settings, STRATEGIES } from "@sluice/core/settings/index";
import * as z from "zod/v4"; // the root has the version 3 of SST, which carries this one

const GitHub = z.object({
  owner: z.string().min(1),
  repo: z.string().min(1),
  appId: z.number().int().positive(),
  installationId: z.number().int().positive(),
  apiUrl: z.url().optional(),
});
const Jwt = z.object({ issuer: z.url(), audience: z.array(z.string().min(1)).min(1) });

const IMAGE = /^[a-z0-9.-]+(:\d+)?\/[a-z0-9/._-]+@sha256:[0-9a-f]{64}$/;

/** What one deployed stage is like. The environment may set those that have a name in `FROM_ENVIRONMENT`. */
const Stage = z.object({
  name: z.string(),
  kind: z.enum(["dev", "staging", "prod"]),
  /** Data outlives the stack, deletion is refused, and the audit trail cannot be shortened by anyone. */
  keepsData: z.boolean(),
  servesAlways: z.boolean(),
  /** People who must agree to a promotion. */
  approvals: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  instanceType: z.string().regex(/^[a-z0-9]+\.[a-z0-9]+$/, "is no instance type like t3.large"),
  diskGb: z.number().int().min(20).max(500),
  /** Who may reach the serving port of the host; null: nobody from outside. */
  servingCidr: z.cidrv4().nullable(),
  observability: z.boolean(),
  /** Null: proposals and comments are kept in the bucket. */
  github: GitHub.nullable(),
  /** The account trusts GitHub already: another stage has made the provider, of which there is one. */
  oidcProviderExists: z.boolean(),
  alarmEmail: z.email().nullable(),
  monthlyBudgetUsd: z.number().positive(),
  /** Who vouches for people at the API; null: callers sign their requests with AWS credentials (IAM). */
  jwt: Jwt.nullable(),
  /** Anybody may predict. Otherwise the predicting routes ask for what the control routes ask for. */
  publicPredict: z.boolean(),
  /** Web pages from elsewhere that may call the API. */
  corsOrigins: z.array(z.url()),
  /** What serves on the host's Kubernetes, by digest: a tag may move. Null: none was pushed yet. */
  image: z
    .string()
    .regex(IMAGE, "is no image by its digest like <registry>/sluice-dev@sha256:…: a tag may move")
    .nullable(),
  logDays: z.union([z.literal(7), z.literal(30), z.literal(90)]),
  auditDays: z.number().int().positive(),
});
export type Stage = z.infer<typeof Stage> & {
  /** What runs and their steps are told. */
  settings: Settings;
};

const DEV = {
  kind: "dev",
  keepsData: false,
  servesAlways: false,
  approvals: 0,
  instanceType: "t3.large",
  diskGb: 30,
  servingCidr: null,
  observability: false,
  github: null,
  oidcProviderExists: false,
  alarmEmail: null,
  monthlyBudgetUsd: 20,
  jwt: null,
  publicPredict: false,
  corsOrigins: [],
  image: null,
  logDays: 7,
  auditDays: 1,
} satisfies Omit<Stage, "name" | "settings">;

const KINDS: Record<Stage["kind"], Omit<Stage, "name" | "settings">> = {
  dev: DEV,
  staging: { ...DEV, kind: "staging", approvals: 1, monthlyBudgetUsd: 40, logDays: 30, auditDays: 30 },
  prod: {
    ...DEV,
    kind: "prod",
    keepsData: true,
    servesAlways: true,
    approvals: 2,
    monthlyBudgetUsd: 120,
    logDays: 90,
    auditDays: 365,
  },
};

/** A host that boots for the first time installs Node and the trainer before it trains. */
const HOST = { firstSignSeconds: 1_800 };

/** What the environment of `sst deploy` may set, as JSON where the value is no string. */
export const FROM_ENVIRONMENT = {
  instanceType: "SLUICE_INSTANCE_TYPE",
  diskGb: "SLUICE_DISK_GB",
  servesAlways: "SLUICE_SERVES_ALWAYS",
  servingCidr: "SLUICE_SERVING_CIDR",
  observability: "SLUICE_OBSERVABILITY",
  github: "SLUICE_GITHUB",
  oidcProviderExists: "SLUICE_OIDC_PROVIDER_EXISTS",
  alarmEmail: "SLUICE_ALARM_EMAIL",
  monthlyBudgetUsd: "SLUICE_MONTHLY_BUDGET_USD",
  jwt: "SLUICE_JWT",
  publicPredict: "SLUICE_PUBLIC_PREDICT",
  corsOrigins: "SLUICE_CORS_ORIGINS",
  image: "SLUICE_IMAGE",
  settings: "SLUICE_SETTINGS",
} as const;

/**
 * The stage of that name: dev, staging, prod, or a stage of one's own, `dev-<name>` or `test-<name>`.
 *
 * Throws `usage.invalid` for an unknown name, and for a variable that does not fit, naming it.
 *
 * @example stageConfig("dev-anna").instanceType // "t3.large"
 */
export function stageConfig(name: string, env: Record<string, string | undefined> = process.env): Stage {
  const { settings = {}, ...fields } = fromEnvironment(env);
  const stage = Stage.safeParse({ ...KINDS[kindOf(name)], ...fields, name });
  if (!stage.success) throw misfit(stage.error.issues[0]);
  const { servesAlways, kind } = stage.data;
  const given = Object(settings);
  const release = { strategy: STRATEGIES[kind], ...given.release };
  const parsed = Settings.safeParse({ servesAlways, ...HOST, ...given, release, stage: name });
  if (!parsed.success)
    throw misfit({ ...parsed.error.issues[0], path: ["settings", ...(parsed.error.issues[0]?.path ?? [])] });
  return { ...stage.data, settings: parsed.data };
}

function misfit(issue: { path?: PropertyKey[]; message?: string } | undefined) {
  const { path = [], message } = issue ?? {};
  const variable = FROM_ENVIRONMENT[path[0] as keyof typeof FROM_ENVIRONMENT];
  const field = path.join(".");
  return new SluiceError(
    "usage.invalid",
    `${variable} does not fit: ${field}: ${message}`,
    "See: docs/operations.md.",
  );
}

function kindOf(name: string): Stage["kind"] {
  if (name === "dev" || name === "staging" || name === "prod") return name;
  if (/^(dev|test)-[a-z0-9][a-z0-9-]{0,14}$/.test(name)) return "dev";
  throw new SluiceError(
    "usage.invalid",
    `There is no stage ${name}`,
    "Stages are dev, staging, prod, and your own: dev-<name> or test-<name>, at most 15 of a-z, 0-9 and -.",
  );
}

function fromEnvironment(env: Record<string, string | undefined>): Record<string, unknown> {
  const given = Object.entries(FROM_ENVIRONMENT).filter(([, variable]) => env[variable]);
  return Object.fromEntries(given.map(([field, variable]) => [field, jsonOrText(env[variable] ?? "")]));
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
