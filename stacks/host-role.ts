import { Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";

interface Options {
  stage: string;
  bucket: { bucketArn: string };
  table: { tableArn: string };
  servesAlways: boolean;
}

/** What programs on the host read: the job, its dataset, the champion it is judged against, their own code. */
const READS = ["jobs/*", "data/*", "models/*", "releases/*"];
/** What they write: the job's artefacts, what their commands said, and how the machine's own set-up went. */
const WRITES = ["jobs/*", "commands/*", "host/*"];
/** Checkpoints of earlier epochs, overlays of a lost attempt. */
const REMOVES = ["jobs/*"];
/**
 * The document that the serving process follows, the digests that its models are verified by, and the models made
 * elsewhere; partition keys of the table.
 */
const DOCUMENTS = ["release", "registry", "imported"];

/** The host's own rights: Session Manager and Run Command, and its prefixes of the bucket. */
export function hostRole(stack: Stack, { stage, bucket, table, servesAlways }: Options): iam.Role {
  const role = new iam.Role(stack, "HostRole", {
    assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com"),
    description: `The training host of ${stage}`,
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName("AmazonSSMManagedInstanceCore")],
  });
  const under = (prefixes: string[]) => prefixes.map((prefix) => `${bucket.bucketArn}/${prefix}`);
  role.addToPolicy(allow("ReadBlobs", ["s3:GetObject"], under([...READS, "commands/*"])));
  role.addToPolicy(allow("WriteBlobs", ["s3:PutObject", "s3:AbortMultipartUpload"], under(WRITES)));
  role.addToPolicy(allow("RemoveBlobs", ["s3:DeleteObject"], under(REMOVES)));
  // "IfExists": without this right on a plain GET, S3 answers 403 instead of 404 for what is not there.
  role.addToPolicy(
    allow("ListBlobs", ["s3:ListBucket"], [bucket.bucketArn], {
      StringLikeIfExists: { "s3:prefix": [...READS, "commands/*"] },
    }),
  );
  role.addToPolicy(
    allow("ReadDocuments", ["dynamodb:GetItem"], [table.tableArn], {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": DOCUMENTS },
    }),
  );
  role.addToPolicy(
    allow("ListImported", ["dynamodb:Query"], [table.tableArn], {
      "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["imported"] },
    }),
  );
  if (servesAlways) for (const statement of pullStatements(stack, stage)) role.addToPolicy(statement);
  const parameter = Stack.of(role).formatArn({
    service: "ssm",
    resource: "parameter",
    resourceName: `sluice/${stage}/host-release`,
  });
  role.addToPolicy(allow("ReadReleaseDigest", ["ssm:GetParameter"], [parameter]));
  // The managed policy reads every parameter of the account, with the secret ones.
  role.addToPolicy(
    new iam.PolicyStatement({
      sid: "NoOtherParameter",
      effect: iam.Effect.DENY,
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      notResources: [parameter],
    }),
  );
  return role;
}

/** What pulling the stage's image from ECR takes. */
const pullStatements = (stack: Stack, stage: string): iam.PolicyStatement[] => [
  allow("LogInToImages", ["ecr:GetAuthorizationToken"], ["*"]), // ECR knows no resource for it
  allow(
    "PullImages",
    ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    [stack.formatArn({ service: "ecr", resource: "repository", resourceName: `sluice-${stage}` })],
  ),
];

const allow = (
  sid: string,
  actions: string[],
  resources: string[],
  conditions?: iam.PolicyStatementProps["conditions"],
) => new iam.PolicyStatement({ sid, actions, resources, ...(conditions && { conditions }) });
