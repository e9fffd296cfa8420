import type { CloudAssembly } from "aws-cdk-lib/cx-api";

export interface Resource {
  /** As the template has it, without CDK's eight digits. */
  id: string;
  type: string;
  properties: Record<string, unknown>;
  deletionPolicy?: string;
}
interface Template {
  Outputs?: Record<string, { Value: unknown; Export?: object }>;
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown>; DeletionPolicy?: string }>;
}
export interface Statement {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource?: unknown;
  NotResource?: unknown;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** The stacks of a stage, as they are synthesized, in a form that tests read. */
export class Stage {
  readonly templates: Map<string, Template>;
  /** What aspects said about constructs: `AwsSolutions-S1 /dev-sluice-Storage/Data/Resource`. */
  readonly findings: string[];

  constructor(assembly: CloudAssembly) {
    this.templates = new Map(
      assembly.stacks.map((stack) => [stack.id.replace(/^.*-sluice-/, ""), stack.template as Template]),
    );
    this.findings = assembly.stacks.flatMap((stack) =>
      stack.messages.flatMap(({ entry, id }) => {
        const rule = /^AwsSolutions-\w+(?=[[:])/.exec(String(entry.data))?.[0];
        return rule ? [`${rule} ${id.replace(/^\/[^/]*-sluice-/, "")}`] : [];
      }),
    );
  }

  /** The resources of a type, of one stack or of all. */
  all(type: string, stack?: string): Resource[] {
    return [...this.templates]
      .filter(([name]) => stack === undefined || name === stack)
      .flatMap(([, template]) =>
        Object.entries(template.Resources)
          .filter(([, { Type }]) => Type === type)
          .map(([id, { Type, Properties = {}, DeletionPolicy }]) => ({
            id: plain(id),
            type: Type,
            properties: Properties,
            deletionPolicy: DeletionPolicy,
          })),
      );
  }

  one(type: string, id: string): Resource {
    const [found, ...more] = this.all(type).filter((resource) => resource.id === id);
    if (found && more.length === 0) return found;
    throw new Error(`${more.length + (found ? 1 : 0)} of ${type} ${id}: ${this.all(type).map((r) => r.id)}`);
  }

  /** What the policies of a role grant. */
  statementsOf(role: string): Statement[] {
    return this.all("AWS::IAM::Policy")
      .filter(({ properties }) => (properties.Roles as unknown[]).some((ref) => text(ref) === role))
      .flatMap(({ properties }) => (properties.PolicyDocument as { Statement: Statement[] }).Statement);
  }
}

const plain = (id: string) => id.replace(/[0-9A-F]{8}$/, "");

/** A value of a template as a person would write it: `Data.Arn/incoming/*`. */
export function text(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.map(text).join(", ");
  const { Ref, "Fn::GetAtt": attribute, "Fn::Join": join, "Fn::ImportValue": imported } = value as never;
  if (Ref) return plain(Ref).replace("AWS::Partition", "aws");
  if (attribute) return `${plain(attribute[0])}.${attribute[1]}`;
  if (join) return (join[1] as unknown[]).map(text).join(join[0]);
  if (imported) {
    const found = /ExportsOutput(Ref|FnGetAtt)(\w+?)[0-9A-F]{8}(?:(Arn|\w+?)[0-9A-F]{8})?$/.exec(imported);
    if (found) return found[1] === "Ref" ? plain(found[2] ?? "") : `${found[2]}.${found[3]}`;
  }
  return JSON.stringify(value);
}
