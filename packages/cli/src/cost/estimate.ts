import { FREE, hourOf, type Prices } from "./prices";

/** What the stacks of a stage hold, as far as it costs. */
export interface Parts {
  instanceType: string;
  diskGb: number;
  servesAlways: boolean;
  watchdogMinutes: number;
  /** The GitHub App's key. */
  secrets: number;
  alarms: number;
  dashboards: number;
}

/** What is done with it. */
export interface Usage {
  /** The host's training, gate included. */
  trainingMinutes: number;
  pairs: number;
  predictionsPerMonth: number;
  runsPerMonth: number;
}

export interface Line {
  name: string;
  /** How the sum comes about. */
  how: string;
  usd: number;
}
export interface Estimate {
  idle: Line[];
  run: Line[];
  thousandPredictions: Line[];
  totals: { idle: number; run: number; thousandPredictions: number; month: number };
}

export const MONTH_HOURS = 730;
/** Booting until Session Manager sees it, rollout, smoke test, shutting down. */
const HOST_OVERHEAD_MINUTES = 5;
const PAIR_MB = 1; // a photo of a few megapixels as JPEG, and its mask
const CODE_GB = 0.3; // host releases, models, artefacts of recent runs
const IMAGE_GB = 0.4;
const POLL_SECONDS = 30;
const STATES_BESIDE_POLLING = 45;
const STATES_PER_POLL = 3; // WaitForTraining, CheckTraining, IsTrained
const STEP_GB_SECONDS = 0.5 * 0.6;
const LARGE_GB = 2.94; // of the functions that look at photos
const PREDICT_GB_SECONDS = LARGE_GB * 0.8;
/** Decoding and comparing in validation, copying in commit. */
const PAIR_SECONDS = 0.6;
const WATCHDOG_METRICS = 4;
/** Duration and outcome of each step, and what some say besides. */
const RUN_METRICS = 45;

export function estimate(parts: Parts, usage: Usage, prices: Prices): Estimate {
  const idle = idleLines(parts, usage, prices);
  const run = runLines(parts, usage, prices);
  const thousandPredictions = predictionLines(prices);
  const totals = {
    idle: sum(idle),
    run: sum(run),
    thousandPredictions: sum(thousandPredictions),
    month:
      sum(idle) +
      sum(run) * usage.runsPerMonth +
      (sum(thousandPredictions) * usage.predictionsPerMonth) / 1000,
  };
  return { idle, run, thousandPredictions, totals };
}

const sum = (lines: Line[]) => lines.reduce((total, { usd }) => total + usd, 0);
const line = (name: string, how: string, usd: number): Line => ({ name, how, usd });

/** A month in which nothing happens. */
function idleLines(parts: Parts, { pairs }: Usage, prices: Prices): Line[] {
  const dataGb = (pairs * PAIR_MB) / 1000 + CODE_GB;
  const alarms = Math.max(0, parts.alarms - FREE.alarms);
  const dashboards = Math.max(0, parts.dashboards - FREE.dashboards);
  const watching = prices.lambdaRequest + 0.25 * 0.5 * prices.lambdaGbSecond;
  const lines = [
    line("EBS gp3", `${parts.diskGb} GB, also while the host sleeps`, parts.diskGb * prices.gp3GbMonth),
    line("S3", `${dataGb.toFixed(1)} GB: dataset, models, releases`, dataGb * prices.s3GbMonth),
    line(
      "DynamoDB",
      "on demand; storage under 25 GB is free, recovery to any second is not",
      0.01 * prices.dynamoBackupGbMonth,
    ),
    line(
      "Lambda",
      `the watchdog, every ${parts.watchdogMinutes} minutes`,
      ((MONTH_HOURS * 60) / parts.watchdogMinutes) * watching,
    ),
    line(
      "CloudWatch alarms",
      `${parts.alarms}, the account's first ${FREE.alarms} are free`,
      alarms * prices.alarmMonth,
    ),
    line(
      "CloudWatch metrics",
      `${WATCHDOG_METRICS} of the watchdog, the account's first ${FREE.metrics} are free`,
      Math.max(0, WATCHDOG_METRICS - FREE.metrics) * prices.metricMonth,
    ),
    line(
      "CloudWatch dashboard",
      `${parts.dashboards}, the account's first ${FREE.dashboards} are free`,
      dashboards * prices.dashboardMonth,
    ),
    line("Secrets Manager", `${parts.secrets} (the GitHub App's key)`, parts.secrets * prices.secretMonth),
    line("ECR", `${IMAGE_GB} GB: the serving image`, IMAGE_GB * prices.ecrGbMonth),
    line("KMS", "no key of its own: encryption by keys of AWS is free", 0),
    line("public IPv4", "none: an address only while the host runs", 0),
  ];
  return parts.servesAlways ? [...lines, ...alwaysOn(parts, prices)] : lines;
}

/** A stage that serves from k3s keeps its host up. */
function alwaysOn({ instanceType }: Parts, prices: Prices): Line[] {
  const { instance } = hourOf(instanceType, prices);
  return [
    line(`EC2 ${instanceType}`, `${MONTH_HOURS} h: this stage serves always`, MONTH_HOURS * instance),
    line("public IPv4, always", `${MONTH_HOURS} h`, MONTH_HOURS * prices.publicIpv4Hour),
  ];
}

function runLines(parts: Parts, { trainingMinutes, pairs }: Usage, prices: Prices): Line[] {
  const minutes = trainingMinutes + HOST_OVERHEAD_MINUTES;
  const hours = minutes / 60;
  const { instance, burst } = hourOf(parts.instanceType, prices);
  const polls = Math.ceil((trainingMinutes * 60) / POLL_SECONDS);
  const transitions = STATES_BESIDE_POLLING + STATES_PER_POLL * polls;
  const calls = 25 + polls;
  const lambda = calls * (prices.lambdaRequest + STEP_GB_SECONDS * prices.lambdaGbSecond);
  const photos = pairs * PAIR_SECONDS * LARGE_GB * prices.lambdaGbSecond;
  const metricHours = RUN_METRICS * Math.ceil(hours);
  const puts = 2 * pairs + 10 * polls;
  const gets = 4 * pairs + 10 * polls;
  const host = parts.servesAlways
    ? []
    : [
        line(`EC2 ${parts.instanceType}`, `${minutes} min`, hours * instance),
        line("public IPv4", `${minutes} min`, hours * prices.publicIpv4Hour),
      ];
  return [
    ...host,
    line("EC2 burst", "both cores busy, above what a t3 has in credits", (trainingMinutes / 60) * burst),
    line("Step Functions", `${transitions} transitions`, transitions * prices.stateTransition),
    line("Lambda", `${calls} steps`, lambda),
    line("Lambda, photos", `${pairs} pairs × ${PAIR_SECONDS} s`, photos),
    line("S3 requests", `${puts} writes, ${gets} reads`, puts * prices.s3Put + gets * prices.s3Get),
    line("DynamoDB", `${calls * 4} requests`, calls * 2 * (prices.dynamoWrite + prices.dynamoRead)),
    line("CloudWatch logs", "10 MB", 0.01 * prices.logsGb),
    line(
      "CloudWatch metrics",
      `${metricHours} metric hours`,
      (metricHours / MONTH_HOURS) * prices.metricMonth,
    ),
  ];
}

/** Answered by Lambda, whether the host sleeps or not. */
function predictionLines(prices: Prices): Line[] {
  return [
    line(
      "Lambda",
      "1,000 × 3 GB × 0.8 s",
      1000 * (prices.lambdaRequest + PREDICT_GB_SECONDS * prices.lambdaGbSecond),
    ),
    line("HTTP API", "1,000 requests", 1000 * prices.httpApiRequest),
    line("CloudWatch logs", "1 MB", 0.001 * prices.logsGb),
  ];
}
