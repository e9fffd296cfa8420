import { Aspects, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, test } from "vitest";
import { budgetIn } from "../../stacks/budget";
import { announceRelease, type HostOptions, hostIn } from "../../stacks/host";
import { bareApp } from "./bare-app";

const OPTIONS: HostOptions = {
  stage: "dev",
  instanceType: "t3.large",
  diskGb: 30,
  servingCidr: null,
  servesAlways: false,
  observability: false,
  bucket: { bucketName: "data-bucket", bucketArn: "arn:aws:s3:::data-bucket" },
  table: { tableArn: "arn:aws:dynamodb:eu-west-1:123456789012:table/documents" },
};

const stackOf = (make: (stack: Stack) => void) => {
  const app = bareApp();
  const stack = new Stack(app, "host", { env: { account: "123456789012", region: "eu-west-1" } });
  make(stack);
  return { app, stack };
};
const hostTemplate = (options: Partial<HostOptions> = {}) =>
  Template.fromStack(stackOf((stack) => hostIn(stack, { ...OPTIONS, ...options })).stack);

describe("the host", () => {
  test("is one small machine with an encrypted disk that stops when it is shut down", () => {
    hostTemplate().hasResourceProperties("AWS::EC2::Instance", {
      InstanceType: "t3.large",
      InstanceInitiatedShutdownBehavior: "stop",
      KeyName: Match.absent(),
      ImageId: Match.absent(),
      BlockDeviceMappings: [
        {
          DeviceName: "/dev/xvda",
          Ebs: { VolumeType: "gp3", VolumeSize: 30, Encrypted: true, DeleteOnTermination: true },
        },
      ],
    });
  });

  test("takes its image when it is launched, so that a newer one replaces nothing; IMDSv2 only", () => {
    const template = hostTemplate();
    template.hasResourceProperties("AWS::EC2::LaunchTemplate", {
      LaunchTemplateData: {
        ImageId: "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        MetadataOptions: { HttpTokens: "required", HttpEndpoint: "enabled", HttpPutResponseHopLimit: 2 },
      },
    });
    expect(template.toJSON().Parameters ?? {}).not.toHaveProperty("SsmParameterValue");
  });

  test("has no NAT, no fixed address, and free ways to S3 and DynamoDB", () => {
    const template = hostTemplate();
    template.resourceCountIs("AWS::EC2::NatGateway", 0);
    template.resourceCountIs("AWS::EC2::EIP", 0);
    template.resourceCountIs("AWS::EC2::Subnet", 1);
    for (const service of ["s3", "dynamodb"]) {
      template.hasResourceProperties("AWS::EC2::VPCEndpoint", {
        ServiceName: `com.amazonaws.eu-west-1.${service}`,
        VpcEndpointType: "Gateway",
      });
    }
  });

  test("lets nothing in, unless people are named who may ask for predictions", () => {
    const egress = [Match.objectLike({ FromPort: 443, ToPort: 443 })];
    hostTemplate().hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: [],
      SecurityGroupEgress: egress,
    });
    hostTemplate({ servingCidr: "203.0.113.0/24" }).hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: [
        Match.objectLike({ IpProtocol: "tcp", FromPort: 30_080, ToPort: 30_080, CidrIp: "203.0.113.0/24" }),
      ],
    });
  });

  test("needs nothing from the account to be synthesized", () => {
    const { app } = stackOf((stack) => hostIn(stack, OPTIONS));
    expect(app.synth().manifest.missing ?? []).toEqual([]);
  });
});

describe("the host's rights", () => {
  const statements = (): {
    Sid: string;
    Action: string | string[];
    Resource: unknown;
    Condition?: unknown;
  }[] =>
    Object.values(hostTemplate().findResources("AWS::IAM::Policy")).flatMap(
      (policy) => policy.Properties.PolicyDocument.Statement,
    );

  test("are its prefixes of the bucket and one document", () => {
    const under = (...prefixes: string[]) => prefixes.map((prefix) => `arn:aws:s3:::data-bucket/${prefix}`);
    const bySid = Object.fromEntries(statements().map((statement) => [statement.Sid, statement]));
    expect(bySid.WriteBlobs?.Resource).toEqual(under("jobs/*", "commands/*", "host/*"));
    expect(bySid.RemoveBlobs).toMatchObject({ Action: "s3:DeleteObject", Resource: under("jobs/*")[0] });
    expect(bySid.ReadBlobs?.Resource).toEqual(
      under("jobs/*", "data/*", "models/*", "releases/*", "commands/*"),
    );
    expect(bySid.ReadDocuments).toMatchObject({
      Action: "dynamodb:GetItem",
      Condition: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["release", "registry", "imported"] },
      },
    });
  });

  test("end at its own parameter, whatever the managed policy grants", () => {
    expect(statements().find(({ Sid }) => Sid === "NoOtherParameter")).toMatchObject({
      Effect: "Deny",
      Action: ["ssm:GetParameter", "ssm:GetParameters"],
      NotResource: expect.objectContaining({ "Fn::Join": expect.anything() }),
    });
  });

  test("hold no action with a star and no resource that is everything", () => {
    const all = statements();
    expect(all.length).toBeGreaterThan(4);
    expect(all.flatMap(({ Action }) => Action).filter((action) => action.includes("*"))).toEqual([]);
    expect(all.filter(({ Resource }) => [Resource].flat().includes("*"))).toEqual([]);
  });
});

/** Every entry says why it is borne; one that matches nothing any more fails the test. */
const ACCEPTED: [finding: RegExp, reason: string][] = [
  [/^AwsSolutions-VPC7 Vpc/, "flow logs of a network that lets nothing in cost more than they tell"],
  [
    /^AwsSolutions-IAM4 HostRole/,
    "AmazonSSMManagedInstanceCore is what Session Manager and Run Command ask for",
  ],
  [/^AwsSolutions-IAM5 HostRole\/DefaultPolicy/, "stars end object keys under its own prefixes"],
  [/^AwsSolutions-EC28 Host$/, "detailed monitoring costs $2 a month; the run's own metrics say more"],
  [
    /^AwsSolutions-EC29 Host$/,
    "nothing that must be kept lives on the host, and destroy must be able to end it",
  ],
];

test("cdk-nag finds nothing in host and budget but what is justified", () => {
  const { app } = stackOf((stack) => {
    hostIn(stack, { ...OPTIONS, servingCidr: "203.0.113.0/24" });
    budgetIn(stack, { stage: "dev", monthlyBudgetUsd: 20, alarmEmail: "ops@example.com" });
    announceRelease(stack, "dev", "ab".repeat(32));
  });
  Aspects.of(app).add(new AwsSolutionsChecks());
  const findings = app.synth().stacks.flatMap(({ messages }) =>
    messages.flatMap(({ entry, id }) => {
      const rule = /^AwsSolutions-\w+/.exec(String(entry.data))?.[0];
      return rule ? [`${rule} ${id.replace(/^\/host\//, "").replace(/\/Resource$/, "")}`] : [];
    }),
  );
  expect(findings.filter((finding) => !ACCEPTED.some(([accepted]) => accepted.test(finding)))).toEqual([]);
  expect(ACCEPTED.filter(([accepted]) => !findings.some((finding) => accepted.test(finding)))).toEqual([]);
});

test("over the month's budget, AWS Budgets tells a topic that nobody else of the world may write to", () => {
  const template = Template.fromStack(
    stackOf((stack) => budgetIn(stack, { stage: "dev", monthlyBudgetUsd: 20, alarmEmail: null })).stack,
  );
  template.hasResourceProperties("AWS::Budgets::Budget", {
    Budget: { BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: 20, Unit: "USD" } },
    NotificationsWithSubscribers: [
      {
        Notification: { NotificationType: "ACTUAL", Threshold: 100 },
        Subscribers: [{ SubscriptionType: "SNS", Address: { Ref: Match.stringLikeRegexp("^OverBudget") } }],
      },
    ],
  });
  template.hasResourceProperties("AWS::SNS::TopicPolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: "sns:Publish",
          Principal: { Service: "budgets.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        }),
      ]),
    },
  });
  template.resourceCountIs("AWS::SNS::Subscription", 0);
});
