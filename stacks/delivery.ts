import { Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import * as ecr from "aws-cdk-lib/aws-ecr";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { StackContext } from "sst/constructs";
import type { Resources } from "./access";
import { deploymentStatements, pushStatements, uploadStatements } from "./delivery-rights";
import { gitHubTrust } from "./delivery-trust";
import { githubKeyName } from "./names";
import { resourcesOf } from "./resources";

/** What GitHub may do here without a key of AWS, the App's key, and the images that are released. */
export function Delivery({ stack, app }: StackContext) {
  const { images, roles } = deliveryIn(stack, resourcesOf(app));
  stack.addOutputs({
    Images: images.repositoryUri,
    ...(roles && { DeployRole: roles.deploy.roleArn, DataRole: roles.data.roleArn }),
  });
  return { images, roles };
}

/** Without GitHub in the stage's settings there is nobody to trust, and no role. */
export function deliveryIn(stack: Stack, resources: Resources) {
  const { stage } = resources;
  const removalPolicy = stage.keepsData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const images = imagesIn(stack, stage.name, removalPolicy);
  if (stage.image) announceImage(stack, stage.name, stage.image);
  if (!stage.github) return { images };

  // Without a value: a person puts in what GitHub gave. Until then the forge says so.
  const key = new CfnSecret(stack, "GitHubAppKey", {
    name: githubKeyName(stage),
    description: `The private key (PEM) of GitHub App ${stage.github.appId}, for ${stage.name}`,
  });
  key.applyRemovalPolicy(removalPolicy);

  const trust = gitHubTrust(stack, stage, stage.github);
  const roles = {
    deploy: trust(stage.name, `sluice-${stage.name}-deploy`, [
      ...deploymentStatements(stack, stage),
      ...pushStatements(images.repositoryArn),
    ]),
    data: trust("data", `sluice-${stage.name}-data`, uploadStatements(stack, resources)),
  };
  return { images, key, roles };
}

/** What the stage serves with, for people and for the next deployment; the functions are told by it directly. */
const announceImage = (stack: Stack, stage: string, image: string) =>
  new StringParameter(stack, "Image", { parameterName: `/sluice/${stage}/image`, stringValue: image });

function imagesIn(stack: Stack, stage: string, removalPolicy: RemovalPolicy): ecr.Repository {
  const isKept = removalPolicy === RemovalPolicy.RETAIN;
  const images = new ecr.Repository(stack, "Images", {
    repositoryName: `sluice-${stage}`,
    imageTagMutability: ecr.TagMutability.IMMUTABLE,
    imageScanOnPush: true,
    lifecycleRules: [
      { rulePriority: 1, tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(1) },
      { rulePriority: 2, tagStatus: ecr.TagStatus.ANY, maxImageCount: 20 },
    ],
    removalPolicy,
  });
  // The property, not the construct's option: that one brings a Lambda.
  if (!isKept) (images.node.defaultChild as ecr.CfnRepository).emptyOnDelete = true;
  return images;
}
