import { Fn, type Stack } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { cloudInit } from "../deploy/host/cloud-init";
import { hostNetwork } from "./host-network";
import { hostRole } from "./host-role";

/** The serving NodePort of the chart on k3s. */
export const SERVING_PORT = 30_080;

/**
 * Amazon Linux 2023, looked up by EC2 when an instance is launched, not by CloudFormation: a newer image
 * changes nothing in the template, so no deploy replaces the host because of it.
 */
const IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

export interface HostOptions {
  stage: string;
  instanceType: string;
  diskGb: number;
  /** Who may reach the serving port; null: nobody, nothing comes in at all. */
  servingCidr: string | null;
  servesAlways: boolean;
  observability: boolean;
  bucket: { bucketName: string; bucketArn: string };
  table: { tableArn: string };
}

export interface HostResources {
  instanceId: string;
  role: iam.Role;
  securityGroup: ec2.CfnSecurityGroup;
}

/** One machine that trains and carries k3s. Nothing that must be kept lives on it: the bucket is the truth. */
export function hostIn(stack: Stack, options: HostOptions): HostResources {
  const { vpc, subnet, out } = hostNetwork(stack);
  const securityGroup = new ec2.CfnSecurityGroup(stack, "HostSecurityGroup", {
    groupDescription: "The training host: serving at most comes in, https goes out",
    vpcId: vpc.ref,
    securityGroupIngress: options.servingCidr ? [serving(options.servingCidr)] : [],
    securityGroupEgress: [https],
  });
  const role = hostRole(stack, options);
  const profile = new iam.CfnInstanceProfile(stack, "HostProfile", { roles: [role.roleName] });
  const launch = new ec2.CfnLaunchTemplate(stack, "HostLaunch", {
    launchTemplateData: {
      imageId: IMAGE,
      // Two hops, so that pods on k3s can ask for the role's credentials, too.
      metadataOptions: { httpTokens: "required", httpEndpoint: "enabled", httpPutResponseHopLimit: 2 },
    },
  });
  const instance = new ec2.CfnInstance(stack, "Host", {
    launchTemplate: { launchTemplateId: launch.ref, version: launch.attrLatestVersionNumber },
    instanceType: options.instanceType,
    subnetId: subnet.ref,
    securityGroupIds: [securityGroup.attrGroupId],
    iamInstanceProfile: profile.ref,
    instanceInitiatedShutdownBehavior: "stop",
    ebsOptimized: true,
    blockDeviceMappings: [disk(options.diskGb)],
    propagateTagsToVolumeOnCreation: true,
    tags: [{ key: "Name", value: `sluice-${options.stage}` }],
    userData: Fn.base64(userData(stack, options)),
  });
  instance.addDependency(out); // its first boot fetches what it needs
  return { instanceId: instance.ref, role, securityGroup };
}

/** Where a booting host looks for the release that the stage is about to ask for; the stack that knows it calls this. */
export const announceRelease = (stack: Stack, stage: string, digest: string) =>
  new StringParameter(stack, "HostRelease", {
    parameterName: `/sluice/${stage}/host-release`,
    stringValue: digest,
  });

const userData = (stack: Stack, options: HostOptions): string =>
  cloudInit({
    stage: options.stage,
    region: stack.region,
    bucket: options.bucket.bucketName,
    servesAlways: options.servesAlways,
    observability: options.observability,
  });

const disk = (volumeSize: number): ec2.CfnInstance.BlockDeviceMappingProperty => ({
  deviceName: "/dev/xvda",
  ebs: { volumeType: "gp3", volumeSize, encrypted: true, deleteOnTermination: true },
});

const serving = (cidrIp: string): ec2.CfnSecurityGroup.IngressProperty => ({
  description: "Predictions",
  ipProtocol: "tcp",
  fromPort: SERVING_PORT,
  toPort: SERVING_PORT,
  cidrIp,
});

/** Packages, images, the account's endpoints. Names and time come over link-local addresses, which no group rules. */
const https: ec2.CfnSecurityGroup.EgressProperty = {
  description: "Packages, images and AWS itself",
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidrIp: "0.0.0.0/0",
};
