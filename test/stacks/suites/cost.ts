import { describe, expect, test } from "vitest";
import { estimate } from "../../../packages/cli/src/cost/estimate";
import { partsOf } from "../../../packages/cli/src/cost/parts";
import { pricesOf } from "../../../packages/cli/src/cost/prices";
import { stageConfig } from "../../../stacks/stage";
import type { Resource, Stage } from "../stage-view";

const USAGE = { trainingMinutes: 20, pairs: 987, runsPerMonth: 10, predictionsPerMonth: 10_000 };

/** What costs although nothing happens, and has no line in the estimate. */
const UNPRICED = [
  "AWS::EC2::NatGateway",
  "AWS::EC2::EIP",
  "AWS::KMS::Key",
  "AWS::RDS::DBInstance",
  "AWS::ElasticLoadBalancingV2::LoadBalancer",
  "AWS::CloudTrail::Trail",
  "AWS::WAFv2::WebACL",
];

export function cost(dev: () => Stage) {
  describe("what sluice cost counts", () => {
    const parts = partsOf(stageConfig("dev", {}));

    test("is what the stacks make", () => {
      const alarms = dev().all("AWS::CloudWatch::Alarm").map(alarmMetrics);
      expect(alarms.reduce((sum, metrics) => sum + metrics, 0)).toBe(parts.alarms);
      expect(dev().all("AWS::CloudWatch::Dashboard")).toHaveLength(parts.dashboards);
      expect(dev().all("AWS::SecretsManager::Secret")).toHaveLength(parts.secrets);
      const [host, ...more] = dev().all("AWS::EC2::Instance");
      expect(more).toEqual([]);
      expect(host?.properties).toMatchObject({
        InstanceType: parts.instanceType,
        BlockDeviceMappings: [{ Ebs: { VolumeType: "gp3", VolumeSize: parts.diskGb } }],
      });
      expect(UNPRICED.flatMap((type) => dev().all(type))).toEqual([]);
    });

    test("stays under four dollars for a month in which nothing happens", () => {
      expect(estimate(parts, USAGE, pricesOf("eu-west-1")).totals.idle).toBeLessThanOrEqual(4);
    });
  });
}

/** CloudWatch charges an alarm for each metric that it looks at. */
function alarmMetrics({ properties }: Resource): number {
  const metrics = (properties.Metrics ?? []) as { MetricStat?: object }[];
  return Math.max(1, metrics.filter(({ MetricStat }) => MetricStat).length);
}
