import { Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Table } from "aws-cdk-lib/aws-dynamodb";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { describe, expect, test } from "vitest";
import { deliveryIn } from "../../stacks/delivery";
import { stageConfig } from "../../stacks/stage";
import { bareApp } from "./bare-app";

const GITHUB = JSON.stringify({ owner: "water-works", repo: "meters", appId: 1, installationId: 2 });
const ACCOUNT = "123456789012";

function delivery(name: string, env: Record<string, string> = { SLUICE_GITHUB: GITHUB }): Template {
  const stack = new Stack(bareApp(), "delivery", { env: { account: ACCOUNT, region: "eu-west-1" } });
  const data = Bucket.fromBucketName(stack, "Data", "data-bucket");
  const documents = Table.fromTableName(stack, "Documents", "documents");
  deliveryIn(stack, { stage: stageConfig(name, env), data, documents, instanceId: "i-1" });
  return Template.fromStack(stack);
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: unknown;
}
function statementsOf(template: Template, roleName: string): Statement[] {
  const [[id]] = Object.entries(
    template.findResources("AWS::IAM::Role", { Properties: { RoleName: roleName } }),
  );
  const policies = Object.values(template.findResources("AWS::IAM::Policy"));
  const own = policies.filter(({ Properties }) =>
    Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === id),
  );
  return own.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
/** `{Fn::Join: ["", ["arn:", {Ref: AWS::Partition}, …]]}` as one text. */
const plain = (value: unknown): string => {
  if (typeof value === "string") return value;
  const { Ref, "Fn::Join": join } = value as { Ref?: string; "Fn::Join"?: [string, unknown[]] };
  return Ref === undefined
    ? (join?.[1].map(plain).join(join[0]) ?? JSON.stringify(value))
    : Ref.replace("AWS::Partition", "aws");
};
const listed = (value: unknown) => (Array.isArray(value) ? value : [value]).map(plain);

describe("delivery", () => {
  test.each([
    ["sluice-staging-deploy", "repo:water-works/meters:environment:staging"],
    ["sluice-staging-data", "repo:water-works/meters:environment:data"],
  ])("%s is for jobs of one environment, by its exact subject", (RoleName, subject) => {
    delivery("staging").hasResourceProperties("AWS::IAM::Role", {
      RoleName,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: "sts:AssumeRoleWithWebIdentity",
            Effect: "Allow",
            Principal: { Federated: Match.anyValue() },
            Condition: {
              StringEquals: {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": subject,
              },
            },
          },
        ],
      },
    });
  });

  test("whoever uploads data may write to incoming/ alone, and read what tells them of it", () => {
    const statements = statementsOf(delivery("dev"), "sluice-dev-data");
    const rights = statements.flatMap(({ Action, Resource }) =>
      listed(Action).flatMap((action) => listed(Resource).map((resource) => `${action} ${resource}`)),
    );
    expect(rights.sort()).toEqual([
      `dynamodb:GetItem arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/documents`,
      `dynamodb:Query arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/documents`,
      "s3:AbortMultipartUpload arn:aws:s3:::data-bucket/incoming/*",
      "s3:GetObject arn:aws:s3:::data-bucket/incoming/*",
      "s3:ListBucket arn:aws:s3:::data-bucket",
      "s3:PutObject arn:aws:s3:::data-bucket/incoming/*",
      `ssm:GetParameter arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/sluice/dev/world`,
    ]);
    const table = statements.filter(({ Resource }) => plain(Resource).includes(":table/"));
    for (const { Condition } of table) {
      expect(Condition).toEqual({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["runs"] } });
    }
  });

  test("whoever deploys takes on the bootstrap's roles, and touches this stage's stacks alone", () => {
    const statements = statementsOf(delivery("dev"), "sluice-dev-deploy");
    const resourcesOf = (action: string) =>
      statements
        .filter(({ Action }) => listed(Action).includes(action))
        .flatMap(({ Resource }) => listed(Resource));
    const role = (name: string) =>
      `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-${name}-role-${ACCOUNT}-eu-west-1`;
    expect(resourcesOf("sts:AssumeRole")).toEqual(
      ["deploy", "file-publishing", "image-publishing", "lookup"].map(role),
    );
    expect(resourcesOf("iam:PassRole")).toEqual([role("cfn-exec")]);
    expect(resourcesOf("cloudformation:UpdateStack")).toEqual([
      `arn:aws:cloudformation:eu-west-1:${ACCOUNT}:stack/dev-sluice-*/*`,
    ]);
    const everything = statements.filter(({ Resource }) => listed(Resource).includes("*"));
    expect(everything.flatMap(({ Action }) => listed(Action))).toEqual([
      "cloudformation:ListImports",
      "ecr:GetAuthorizationToken",
    ]);
    expect(statements.flatMap(({ Action }) => listed(Action)).filter((a) => a.includes("*"))).toEqual([]);
  });

  test("whoever deploys pushes images to this stage's repository alone, and takes none away", () => {
    const template = delivery("dev");
    const [repository] = Object.keys(template.findResources("AWS::ECR::Repository"));
    const push = statementsOf(template, "sluice-dev-deploy").filter(({ Action }) =>
      listed(Action).includes("ecr:PutImage"),
    );
    expect(push.map(({ Resource }) => Resource)).toEqual([{ "Fn::GetAtt": [repository, "Arn"] }]);
    expect(push.flatMap(({ Action }) => listed(Action))).toEqual([
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:DescribeRepositories",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]);
  });

  test("the image that was pushed is announced by its digest; without one nothing is", () => {
    const image = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/sluice-dev@sha256:${"a".repeat(64)}`;
    delivery("dev", { SLUICE_IMAGE: image }).hasResourceProperties("AWS::SSM::Parameter", {
      Name: "/sluice/dev/image",
      Value: image,
    });
    delivery("dev", {}).resourceCountIs("AWS::SSM::Parameter", 0);
  });

  test("the account's provider is made once, and outlives the stage that made it", () => {
    delivery("dev").hasResource("AWS::IAM::OIDCProvider", {
      DeletionPolicy: "Retain",
      Properties: { Url: "https://token.actions.githubusercontent.com", ClientIdList: ["sts.amazonaws.com"] },
    });
    const later = delivery("staging", { SLUICE_GITHUB: GITHUB, SLUICE_OIDC_PROVIDER_EXISTS: "true" });
    later.resourceCountIs("AWS::IAM::OIDCProvider", 0);
    later.resourceCountIs("AWS::IAM::Role", 2);
  });

  test("the App's key is a secret without a value, kept where data is kept", () => {
    const prod = delivery("prod");
    prod.hasResource("AWS::SecretsManager::Secret", {
      DeletionPolicy: "Retain",
      Properties: {
        Name: "sluice/prod/github-app-key",
        GenerateSecretString: Match.absent(),
        SecretString: Match.absent(),
      },
    });
    delivery("dev").hasResource("AWS::SecretsManager::Secret", { DeletionPolicy: "Delete" });
  });

  test("an image's tag never moves, each push is scanned, and old ones go", () => {
    const template = delivery("prod");
    template.hasResourceProperties("AWS::ECR::Repository", {
      RepositoryName: "sluice-prod",
      ImageTagMutability: "IMMUTABLE",
      ImageScanningConfiguration: { ScanOnPush: true },
      EmptyOnDelete: Match.absent(),
    });
    const [repository] = Object.values(template.findResources("AWS::ECR::Repository"));
    const { rules } = JSON.parse(repository?.Properties.LifecyclePolicy.LifecyclePolicyText);
    expect(rules.map(({ selection }: { selection: object }) => selection)).toEqual([
      { tagStatus: "untagged", countType: "sinceImagePushed", countNumber: 1, countUnit: "days" },
      { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 20 },
    ]);
    delivery("dev").hasResourceProperties("AWS::ECR::Repository", { EmptyOnDelete: true });
  });

  test("without GitHub nobody is trusted, and nothing brings a Lambda of its own", () => {
    const template = delivery("dev", {});
    for (const type of ["AWS::IAM::Role", "AWS::IAM::OIDCProvider", "AWS::SecretsManager::Secret"]) {
      template.resourceCountIs(type, 0);
    }
    delivery("dev").resourceCountIs("AWS::Lambda::Function", 0);
  });
});
