import { expect, test } from "vitest";
import type { Stage } from "../stage-view";

/** Each says why it is accepted; one that matches nothing any more fails the test. */
const ACCEPTED: [finding: RegExp, reason: string][] = [
  [/^AwsSolutions-(IAM4|L1) \w+\/CustomResourceHandler\//, "SST's own handler, in each of its stacks"],
  [/^AwsSolutions-(IAM4|L1) Host\/AWS679f/, "CDK's handler of Custom::HostRelease, which copies one file"],
  [/^AwsSolutions-IAM5 Host\/HostReleaseCopy\//, "the releases in the bucket, whose names are digests"],
  [/^AwsSolutions-L1 (Api|Pipeline)\/\w+\/Resource$/, "Node 22 is what everything is tested with"],
  [
    /^AwsSolutions-IAM5 (Api|Pipeline)\/\w+Role\/DefaultPolicy/,
    "objects under a prefix, traces, and actions that know no resource: roles.txt has each",
  ],
  [
    /^AwsSolutions-IAM5 Pipeline\/Machine\//,
    "delivery of logs, traces, versions of the functions, and the machine's own map executions",
  ],
  [/^AwsSolutions-S1 Storage\//, "access logs cost more than they tell: only our own roles get in"],
  [/^AwsSolutions-APIG4 Api\/Api\/GET--/, "pages and health, which say nothing about the stage's data"],
  [/^AwsSolutions-(VPC7|IAM4|IAM5|EC28|EC29) Pipeline\/(Vpc|HostRole|Host)\b/, "see host.test.ts"],
];

export function nag(dev: () => Stage) {
  test("cdk-nag finds nothing that is not accepted with a reason", () => {
    const findings = [...new Set(dev().findings)];
    expect(findings.filter((finding) => !ACCEPTED.some(([pattern]) => pattern.test(finding)))).toEqual([]);
  });

  test("every accepted finding is still there", () => {
    expect(ACCEPTED.filter(([pattern]) => !dev().findings.some((f) => pattern.test(f)))).toEqual([]);
  });
}
