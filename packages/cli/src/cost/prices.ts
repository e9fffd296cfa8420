import { SluiceError } from "@sluice/core/errors";

/**
 * List prices in US dollars, without tax and free tiers that end. Source: the public price pages of EC2, EBS, VPC, S3,
 * DynamoDB, Lambda, Step Functions, API Gateway, CloudWatch, Secrets Manager and ECR, as known in the month of `AS_OF`.
 * They change rarely; check them before a decision hangs on a cent.
 */
export const AS_OF = "2025-06";

export interface Prices {
  /** Linux, on demand, per hour. */
  instanceHour: Record<string, number>;
  /** Burst beyond the credits of a t3, per vCPU and hour. */
  surplusVcpuHour: number;
  publicIpv4Hour: number;
  gp3GbMonth: number;
  s3GbMonth: number;
  s3Put: number;
  s3Get: number;
  dynamoWrite: number;
  dynamoRead: number;
  /** Point-in-time recovery, per GB of the table. */
  dynamoBackupGbMonth: number;
  lambdaRequest: number;
  lambdaGbSecond: number;
  stateTransition: number;
  httpApiRequest: number;
  logsGb: number;
  alarmMonth: number;
  /** One of our own; counted by the hours in which it is sent. */
  metricMonth: number;
  dashboardMonth: number;
  secretMonth: number;
  ecrGbMonth: number;
}

/** What an account has free for good, and a stage shares with its neighbours. */
export const FREE = { alarms: 10, dashboards: 3, metrics: 10 };

const PER_MILLION = 1e-6;
const EVERYWHERE = {
  surplusVcpuHour: 0.05,
  publicIpv4Hour: 0.005,
  s3GbMonth: 0.023,
  s3Put: 5 * PER_MILLION,
  s3Get: 0.4 * PER_MILLION,
  lambdaRequest: 0.2 * PER_MILLION,
  lambdaGbSecond: 0.0000166667,
  stateTransition: 25 * PER_MILLION,
  alarmMonth: 0.1,
  metricMonth: 0.3,
  dashboardMonth: 3,
  secretMonth: 0.4,
  ecrGbMonth: 0.1,
};

export const PRICES: Record<string, Prices> = {
  "eu-west-1": {
    ...EVERYWHERE,
    instanceHour: { "t3.medium": 0.0456, "t3.large": 0.0912, "t3.xlarge": 0.1824, "t3.2xlarge": 0.3648 },
    gp3GbMonth: 0.088,
    dynamoWrite: 0.705 * PER_MILLION,
    dynamoRead: 0.1415 * PER_MILLION,
    dynamoBackupGbMonth: 0.22,
    httpApiRequest: 1.11 * PER_MILLION,
    logsGb: 0.57,
  },
  "us-east-1": {
    ...EVERYWHERE,
    instanceHour: { "t3.medium": 0.0416, "t3.large": 0.0832, "t3.xlarge": 0.1664, "t3.2xlarge": 0.3328 },
    gp3GbMonth: 0.08,
    dynamoWrite: 0.625 * PER_MILLION,
    dynamoRead: 0.125 * PER_MILLION,
    dynamoBackupGbMonth: 0.2,
    httpApiRequest: 1 * PER_MILLION,
    logsGb: 0.5,
  },
};

/** vCPUs, and the share of them that a t3 may use for ever; above it is burst. */
const T3: Record<string, { vcpus: number; baseline: number }> = {
  "t3.medium": { vcpus: 2, baseline: 0.2 },
  "t3.large": { vcpus: 2, baseline: 0.3 },
  "t3.xlarge": { vcpus: 4, baseline: 0.4 },
  "t3.2xlarge": { vcpus: 8, baseline: 0.4 },
};

/** Throws `usage.invalid` for a region without a table here. */
export function pricesOf(region: string): Prices {
  const prices = PRICES[region];
  if (prices) return prices;
  const known = Object.keys(PRICES).join(", ");
  throw new SluiceError("usage.invalid", `No prices are known for ${region}`, `Known: --region ${known}.`);
}

/** What an hour of training costs on the type. Throws `usage.invalid` for a type that has no price here. */
export function hourOf(type: string, prices: Prices): { instance: number; burst: number } {
  const instance = prices.instanceHour[type];
  const cpu = T3[type];
  if (instance !== undefined && cpu)
    return { instance, burst: cpu.vcpus * (1 - cpu.baseline) * prices.surplusVcpuHour };
  const known = Object.keys(prices.instanceHour).join(", ");
  throw new SluiceError("usage.invalid", `No price is known for ${type}`, `Known: ${known}.`);
}
