import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import * as cdk from "aws-cdk-lib";
import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import { expect, test } from "vitest";
import { bareApp } from "../../stacks/bare-app";
import { ACCOUNT, asRoot, REGION } from "./clients";
import { create, remove } from "./stacks";

/** A stack of the types that the emulator's CloudFormation was taught. */
function synthesized(name: string) {
  const app = bareApp();
  const stack = new cdk.Stack(app, name, { env: { account: ACCOUNT, region: REGION } });
  const role = new iam.Role(stack, "Role", { assumedBy: new iam.ServicePrincipal("ec2.amazonaws.com") });
  const profile = new iam.CfnInstanceProfile(stack, "Profile", { roles: [role.roleName] });
  const instance = new ec2.CfnInstance(stack, "Host", {
    imageId: "ami-0abcdef1234567890",
    instanceType: "t3.large",
    iamInstanceProfile: profile.ref,
    tags: [{ key: "Name", value: "host" }],
    userData: cdk.Fn.base64("#!/bin/sh\n"),
  });
  new CfnBudget(stack, "Budget", {
    budget: { budgetType: "COST", timeUnit: "MONTHLY", budgetLimit: { amount: 30, unit: "USD" } },
  });
  new iam.CfnOIDCProvider(stack, "GitHub", {
    url: "https://identity.example", // an account has one of each address
    clientIdList: ["sts.amazonaws.com"],
  });
  new cdk.CfnOutput(stack, "HostId", { value: instance.ref });
  return app.synth();
}

test("an instance, a budget and an identity provider are made from a template as it is, and go with it", async () => {
  const assembly = synthesized("types");
  const { outputs, resources } = await create(assembly);
  expect(outputs.HostId).toMatch(/^i-[0-9a-f]+$/);
  expect(resources.map(({ type }) => type).sort()).toEqual([
    "AWS::Budgets::Budget",
    "AWS::EC2::Instance",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Role",
  ]);
  const client = asRoot(EC2Client);
  const look = async () => {
    const { Reservations } = await client.send(
      new DescribeInstancesCommand({ InstanceIds: [outputs.HostId ?? ""] }),
    );
    return Reservations?.[0]?.Instances?.[0];
  };
  const profile = resources.find(({ type }) => type === "AWS::IAM::InstanceProfile");
  expect(await look()).toMatchObject({
    InstanceType: "t3.large",
    State: { Name: "running" },
    IamInstanceProfile: { Arn: expect.stringContaining(profile?.physicalId.split("/").at(-1) ?? "none") },
    Tags: expect.arrayContaining([{ Key: "Name", Value: "host" }]),
  });

  await remove(assembly);
  expect(await look()).toMatchObject({ State: { Name: "terminated" } });
});
