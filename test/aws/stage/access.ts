import { type AccessCheck, accessChecks } from "@sluice/aws/testing/emulator";
import * as z from "zod";
import type { Stage } from "./index";

/** What IAM was asked by the stage's own: its functions, and its host. */
export async function checksOf({ name, world }: Stage): Promise<AccessCheck[]> {
  const isOurs = ({ principal }: AccessCheck) =>
    principal.includes(`/sluice-${name}-`) || principal.endsWith(`/${world.instanceId}`);
  return (await accessChecks()).filter(isOurs);
}

/** What was refused, once each: `sluice-dev-start-host: ec2:StartInstances on arn:…`. Must be empty. */
export async function refusals(stage: Stage): Promise<string[]> {
  const refused = (await checksOf(stage)).filter(({ allowed }) => !allowed);
  const lines = refused.map(
    ({ principal, action, resource }) => `${principal.split("/").at(-1)}: ${action} on ${resource}`,
  );
  return [...new Set(lines)].sort();
}

const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item)]).transform((value) => (Array.isArray(value) ? value : [value]));
const Statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()),
});
const Policy = z.object({
  Type: z.literal("AWS::IAM::Policy"),
  Properties: z.object({
    Roles: z.array(z.object({ Ref: z.string() })),
    PolicyDocument: z.object({ Statement: z.array(Statement) }),
  }),
});

/** What Lambda itself does in a function's name: logs, traces, dead letters. The emulator does it without asking. */
const BY_LAMBDA = /^(logs|xray|sqs):/;

/**
 * What the templates grant and nobody has used, of those roles that did anything: `startHost: ec2:StartInstances on *`.
 * A hint, for a test does not walk every path.
 */
export async function unusedGrants(stage: Stage): Promise<string[]> {
  const used = (await checksOf(stage)).filter(({ allowed }) => allowed);
  const grants = stage.assembly.stacks.flatMap(({ template }) =>
    Object.values(template.Resources as object).flatMap((resource) => {
      const { data } = Policy.safeParse(resource);
      if (!data) return [];
      const { Roles, PolicyDocument } = data.Properties;
      return Roles.flatMap(({ Ref }) =>
        PolicyDocument.Statement.map((statement) => ({ role: Ref, statement })),
      );
    }),
  );
  return grants.flatMap(({ role, statement }) => {
    const roleName = stage.resources.find(({ logicalId }) => logicalId === role)?.physicalId;
    const ofRole = used.filter(({ principal }) => principal.split("/")[1] === roleName);
    if (ofRole.length === 0) return [];
    const patterns = statement.Resource.map(patternOf);
    return statement.Action.filter(
      (action) =>
        !BY_LAMBDA.test(action) &&
        !ofRole.some(
          (check) => check.action === action && patterns.some((pattern) => matches(pattern, check.resource)),
        ),
    ).map((action) => `${role.replace(/Role[0-9A-F]+$/, "")}: ${action} on ${patterns.join(", ")}`);
  });
}

/** An ARN of a template with `*` for what is known only when it is deployed. */
function patternOf(resource: unknown): string {
  if (typeof resource === "string") return resource;
  const { data } = z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) }).safeParse(resource);
  return data ? data["Fn::Join"][1].map(patternOf).join(data["Fn::Join"][0]) : "*";
}

const matches = (pattern: string, value: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(value);
