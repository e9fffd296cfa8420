import type { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Resources } from "./access";
import type { Stage } from "./stage";
import { statements } from "./statements";

/** The CDK's bootstrap, whose roles do the work. */
const QUALIFIER = "hnb659fds";
const ACTING = ["deploy", "file-publishing", "image-publishing", "lookup"];

const allow = (actions: string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({ actions, resources, ...(conditions && { conditions }) });

/**
 * What `sst deploy` does: it takes on the roles of the CDK's bootstrap, hands CloudFormation the one that makes
 * resources, and with its own credentials follows this stage's stacks and keeps its notes.
 */
export function deploymentStatements(stack: Stack, stage: Stage): PolicyStatement[] {
  const role = (name: string) =>
    stack.formatArn({
      service: "iam",
      region: "",
      resource: "role",
      resourceName: `cdk-${QUALIFIER}-${name}-role-${stack.account}-${stack.region}`,
    });
  const cloudFormation = (name: string) =>
    stack.formatArn({ service: "cloudformation", resource: "stack", resourceName: `${name}/*` });
  const parameters = (name: string) =>
    stack.formatArn({ service: "ssm", resource: "parameter", resourceName: name });
  const passed = { StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" } };
  return [
    allow(["sts:AssumeRole"], ACTING.map(role)),
    allow(["iam:PassRole"], [role("cfn-exec")], passed),
    allow(
      [
        "cloudformation:CreateStack",
        "cloudformation:UpdateStack",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeStacks",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStackResources",
        "cloudformation:GetTemplate",
      ],
      [cloudFormation(`${stage.name}-sluice-*`)],
    ),
    allow(["cloudformation:ListImports"], ["*"]), // CloudFormation knows no resource for it
    allow(["cloudformation:DescribeStacks"], [cloudFormation("CDKToolkit"), cloudFormation("SSTBootstrap")]),
    allow(["s3:ListBucket"], ["arn:aws:s3:::sstbootstrap-*"]),
    allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], ["arn:aws:s3:::sstbootstrap-*/*"]),
    allow(
      ["ssm:GetParameter", "ssm:GetParametersByPath", "ssm:PutParameter", "ssm:DeleteParameter"],
      [parameters(`sst/sluice/${stage.name}/*`), parameters("sst/sluice/.fallback/*")],
    ),
  ];
}

/** What pushing an image to the stage's repository takes, and looking whether this commit's is there already. */
export const pushStatements = (repositoryArn: string): PolicyStatement[] => [
  allow(["ecr:GetAuthorizationToken"], ["*"]), // for the whole registry: ECR knows no resource for it
  allow(
    [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeRepositories",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ],
    [repositoryArn],
  ),
];

/** What `sluice push --stage` does: it finds the stage, uploads to `incoming/`, and looks which run that starts. */
export function uploadStatements(stack: Stack, resources: Resources): PolicyStatement[] {
  const world = stack.formatArn({
    service: "ssm",
    resource: "parameter",
    resourceName: `sluice/${resources.stage.name}/world`,
  });
  const access = {
    blobs: { read: ["incoming/"], write: ["incoming/"] },
    documents: { read: ["runs"], list: ["runs"] },
  };
  return [allow(["ssm:GetParameter"], [world]), ...statements(stack, access, resources)];
}
